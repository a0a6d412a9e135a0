package campo.platform

import android.app.Notification
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import campo.core.Phone
import campo.core.PositionMode
import campo.core.ShiftState
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch

/**
 * Runs from clock-in to clock-out, and only where the account records positions during the shift: then the system lets the
 * app stay. It hands the core a position each minute, and exchanges every five minutes. Its notification is the position
 * sign outside the app.
 */
class ShiftService : Service() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private var recording: Job? = null

    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) {
            startForeground(1, sign(), ServiceInfo.FOREGROUND_SERVICE_TYPE_LOCATION)
        } else {
            startForeground(1, sign())
        }
        // It is started again whenever something changed
        if (recording?.isActive != true) {
            recording = scope.launch {
                record((application as HasPhone).phone())
                stopSelf()
            }
        }
        return START_STICKY
    }

    private suspend fun record(phone: Phone) {
        val positions = Positions(this)
        var minutes = 0
        while (true) {
            val fix = positions.fix()
            val wanted = if (fix == null) isWanted(phone) else phone.notePosition(fix)
            if (!wanted) return
            if (minutes % EXCHANGE_MINUTES == 0) phone.syncNow()
            minutes += 1
            delay(MINUTE_MS)
        }
    }

    private suspend fun isWanted(phone: Phone): Boolean {
        val home = phone.home(null) ?: return false
        return home.shift.state != ShiftState.OFF && home.position == PositionMode.DURING_SHIFT
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
        private const val MINUTE_MS = 60_000L
        private const val EXCHANGE_MINUTES = 5

        fun start(context: Context) {
            context.startForegroundService(Intent(context, ShiftService::class.java))
        }
    }
}
