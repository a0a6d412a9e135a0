package campo.desktop

import campo.core.CampoPhone
import campo.core.ClockReading
import campo.core.ClockSource
import campo.core.Configuration
import campo.core.JobScheduler
import campo.core.NetworkState
import campo.core.Platform
import campo.core.PlatformException
import campo.core.SecretStore
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import java.io.File
import java.io.IOException
import java.time.Instant
import java.time.ZoneId
import java.time.temporal.ChronoUnit

/** A desk in the place of a phone's platform: what the core asks of it. */
class Desk(val folder: File) {
    private val network = MutableStateFlow(true)

    /** The switch: false takes the phone offline. */
    val online: StateFlow<Boolean> = network

    suspend fun open(): CampoPhone {
        folder.mkdirs()
        val platform = Platform(DeskClock, FolderSecrets(File(folder, "secrets")), Network(), NoJobs)
        return CampoPhone.open(Configuration(folder.path, null), platform)
    }

    fun goOnline(online: Boolean, phone: CampoPhone) {
        network.value = online
        phone.networkChanged()
    }

    private inner class Network : NetworkState {
        override fun isThere() = network.value
    }
}

private object DeskClock : ClockSource {
    private val boot: String? = runCatching { File("/proc/sys/kernel/random/boot_id").readText().trim() }.getOrNull()

    override fun read(): ClockReading {
        val zone = ZoneId.systemDefault()
        val now = Instant.now()
        return ClockReading(
            wallUs = ChronoUnit.MICROS.between(Instant.EPOCH, now),
            monotonicUs = System.nanoTime() / 1000,
            boot = boot,
            zone = zone.id,
            offsetS = zone.rules.getOffset(now).totalSeconds,
            automatic = true,
        )
    }
}

/** A folder in the place of a keystore. It protects nothing. */
private class FolderSecrets(private val folder: File) : SecretStore {
    override fun get(name: String): String? = tried { File(folder, name).takeIf { it.exists() }?.readText() }

    override fun set(name: String, value: String) = tried {
        folder.mkdirs()
        File(folder, name).writeText(value)
    }

    override fun remove(name: String) {
        tried { File(folder, name).delete() }
    }

    private fun <T> tried(work: () -> T): T =
        try {
            work()
        } catch (failure: IOException) {
            throw PlatformException.Failed(failure.message.orEmpty())
        }
}

/** On a desk the app is always open. */
private object NoJobs : JobScheduler {
    override fun wanted(waits: Boolean) = Unit
}
