package campo.platform

import android.app.Notification
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import campo.core.PositionMode
import campo.core.ShiftState
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch

/**
 * Runs from clock-in to clock-out, and only where the account records positions during the shift: then the system lets the
 * app stay, and it exchanges every five minutes. Its notification is the position sign outside the app.
 */
class ShiftService : Service() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
            startForeground(1, sign(), ServiceInfo.FOREGROUND_SERVICE_TYPE_LOCATION)
        } else {
            startForeground(1, sign())
        }
        scope.launch {
            val phone = (application as HasPhone).phone()
            while (true) {
                val home = phone.home(null)
                if (home == null || home.shift.state == ShiftState.OFF || home.position != PositionMode.DURING_SHIFT) break
                phone.syncNow()
                delay(EXCHANGE_MS)
            }
            stopSelf()
        }
        return START_STICKY
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    private fun sign(): Notification {
        val english = resources.configuration.locales[0].language.startsWith("en")
        val text = if (english) "Position is on until you clock out" else "Ubicación activa hasta marcar salida"
        return Notification.Builder(this, Notifications.SHIFT)
            .setSmallIcon(R.drawable.campo_notification)
            .setContentTitle(text)
            .setOngoing(true)
            .build()
    }

    companion object {
        private const val EXCHANGE_MS = 5 * 60 * 1000L

        fun start(context: Context) {
            context.startForegroundService(Intent(context, ShiftService::class.java))
        }
    }
}
