package campo.platform

import android.content.ContentResolver
import android.os.SystemClock
import android.provider.Settings
import campo.core.ClockReading
import campo.core.ClockSource
import java.util.TimeZone

/** The phone's clocks: the one on the wall, the one that also runs during sleep, and which boot they are of. */
class AndroidClock(private val resolver: ContentResolver) : ClockSource {
    override fun read(): ClockReading {
        val wallMs = System.currentTimeMillis()
        val zone = TimeZone.getDefault()
        val boots = Settings.Global.getInt(resolver, Settings.Global.BOOT_COUNT, -1)
        return ClockReading(
            wallUs = wallMs * 1000,
            monotonicUs = SystemClock.elapsedRealtimeNanos() / 1000,
            // Some phones do not count their boots: the core then opens clock sessions of its own
            boot = if (boots < 0) null else "boot-$boots",
            zone = zone.id,
            offsetS = zone.getOffset(wallMs) / 1000,
            automatic = Settings.Global.getInt(resolver, Settings.Global.AUTO_TIME, 0) == 1,
        )
    }
}
