package campo.app

import android.app.Activity
import android.app.Application
import android.os.Bundle
import campo.core.CampoPhone
import campo.core.Configuration
import campo.core.Phone
import campo.core.Platform
import campo.core.PositionMode
import campo.core.ShiftState
import campo.platform.AndroidClock
import campo.platform.AndroidJobs
import campo.platform.AndroidNetwork
import campo.platform.HasPhone
import campo.platform.KeystoreSeal
import campo.platform.Notifications
import campo.platform.SealedSecrets
import campo.platform.ShiftService
import campo.platform.TaskNews
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import java.io.File

/** One core for the process, opened at its first use; everything of the platform is handed to it here. */
class CampoApplication : Application(), HasPhone {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    lateinit var network: AndroidNetwork
        private set

    private val opened = scope.async(start = kotlinx.coroutines.CoroutineStart.LAZY) { open() }

    override fun onCreate() {
        super.onCreate()
        network = AndroidNetwork(this)
        registerActivityLifecycleCallbacks(Foreground { there -> scope.launch { phone().foreground(there) } })
        scope.launch { tellNews(phone()) }
        scope.launch { sweepCamera() }
    }

    /** What the camera wrote and the core never took, such as after the death of the process: a day later nobody asks for it. */
    private fun sweepCamera() {
        val yesterday = System.currentTimeMillis() - 24 * 3600 * 1000L
        File(filesDir, "campo/new").listFiles { file -> file.lastModified() < yesterday }?.forEach { it.delete() }
    }

    override suspend fun phone(): Phone = opened.await()

    private suspend fun open(): CampoPhone {
        // No backup takes this folder, and no other phone gets it
        val folder = File(noBackupFilesDir, "campo").apply { mkdirs() }
        val jobs = AndroidJobs(this).apply { nowAndThen() }
        val platform = Platform(AndroidClock(contentResolver), SealedSecrets(this, KeystoreSeal()), network, jobs)
        val phone = CampoPhone.open(Configuration(folder.path, null), platform)
        network.onChange = phone::networkChanged
        return phone
    }

    /** Rings for tasks that came, changed or went, and keeps the shift's service running where it should. */
    private suspend fun tellNews(phone: Phone) {
        val news = TaskNews(this)
        val notifications = Notifications(this, MainActivity::class.java)
        phone.revisions.collect {
            val worker = phone.session() ?: return@collect
            news.since(worker.id, phone.tasks(null)).forEach(notifications::tell)
            val home = phone.home(null) ?: return@collect
            val records = home.position == PositionMode.DURING_SHIFT && home.shift.state != ShiftState.OFF
            // The system lets it begin while the app is open, and that is where people clock in
            if (records) runCatching { ShiftService.start(this) }
        }
    }

    private class Foreground(private val tell: (Boolean) -> Unit) : ActivityLifecycleCallbacks {
        private var started = 0

        override fun onActivityStarted(activity: Activity) {
            if (started++ == 0) tell(true)
        }

        override fun onActivityStopped(activity: Activity) {
            if (--started == 0) tell(false)
        }

        override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit

        override fun onActivityResumed(activity: Activity) = Unit

        override fun onActivityPaused(activity: Activity) = Unit

        override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit

        override fun onActivityDestroyed(activity: Activity) = Unit
    }
}
