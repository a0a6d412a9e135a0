package campo.platform

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.location.Location
import android.location.LocationManager
import android.os.Build
import android.os.CancellationSignal
import campo.core.Here
import campo.core.Position
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.coroutines.resume

/** Where the phone is, by the system's own providers: no service of anybody else is needed. */
class Positions(private val context: Context) {
    private val manager = context.getSystemService(LocationManager::class.java)

    val isAllowed: Boolean
        get() = context.checkSelfPermission(Manifest.permission.ACCESS_FINE_LOCATION) == PackageManager.PERMISSION_GRANTED

    /** A fix for a capture: a recent one at once, else a new one, waited for a few seconds. A punch never waits longer. */
    suspend fun fix(): Position? {
        if (!isAllowed) return null
        newest()?.takeIf { age(it) < RECENT_NS }?.let { return it.position() }
        return (withTimeoutOrNull(PATIENCE_MS) { current() } ?: newest()?.takeIf { age(it) < STALE_NS })?.position()
    }

    fun lastKnown(): Here? = if (isAllowed) newest()?.let { Here(it.latitude, it.longitude) } else null

    @SuppressLint("MissingPermission")
    private suspend fun current(): Location? = suspendCancellableCoroutine { waiting ->
        val provider = provider()
        if (provider == null || Build.VERSION.SDK_INT < Build.VERSION_CODES.R) {
            waiting.resume(newest())
            return@suspendCancellableCoroutine
        }
        val signal = CancellationSignal()
        waiting.invokeOnCancellation { signal.cancel() }
        manager.getCurrentLocation(provider, signal, context.mainExecutor) { waiting.resume(it) }
    }

    private fun provider(): String? {
        val wanted = buildList {
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) add(LocationManager.FUSED_PROVIDER)
            add(LocationManager.GPS_PROVIDER)
            add(LocationManager.NETWORK_PROVIDER)
        }
        return wanted.firstOrNull { manager.isProviderEnabled(it) }
    }

    @SuppressLint("MissingPermission")
    private fun newest(): Location? =
        manager.getProviders(true).mapNotNull { manager.getLastKnownLocation(it) }.maxByOrNull { it.elapsedRealtimeNanos }

    private fun age(location: Location) = android.os.SystemClock.elapsedRealtimeNanos() - location.elapsedRealtimeNanos

    private companion object {
        const val RECENT_NS = 15_000_000_000
        const val STALE_NS = 120_000_000_000
        const val PATIENCE_MS = 4_000L
    }
}

/** As entries carry it: with its accuracy, who measured it, and whether the system says that it was made up. */
internal fun Location.position(): Position {
    val mock = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
        isMock
    } else {
        @Suppress("DEPRECATION")
        isFromMockProvider
    }
    return Position(latitude, longitude, if (hasAccuracy()) accuracy.toDouble() else null, provider, mock)
}
