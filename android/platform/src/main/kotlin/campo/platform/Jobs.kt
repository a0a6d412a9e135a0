package campo.platform

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler as AndroidJobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import campo.core.JobScheduler
import campo.core.Phone
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch

/** The app, for parts of the platform that the system makes by itself. */
interface HasPhone {
    suspend fun phone(): Phone
}

/**
 * Exchanges when the app is not open: as soon as there is a network while something waits, and now and then otherwise.
 * Never promised: makers stop all of this, so the app syncs when it is opened as well.
 */
class AndroidJobs(private val context: Context) : JobScheduler {
    private val scheduler = context.getSystemService(AndroidJobScheduler::class.java)

    override fun wanted(waits: Boolean) {
        if (!waits) {
            scheduler.cancel(WAITS)
            return
        }
        schedule(builder(WAITS).setBackoffCriteria(30_000, JobInfo.BACKOFF_POLICY_EXPONENTIAL))
    }

    /** The exchange that happens now and then; the system chooses when. */
    fun nowAndThen() {
        if (scheduler.getPendingJob(NOW_AND_THEN) == null) schedule(builder(NOW_AND_THEN).setPeriodic(JobInfo.getMinPeriodMillis()))
    }

    private fun builder(id: Int) =
        JobInfo.Builder(id, ComponentName(context, SyncJob::class.java))
            .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
            .setPersisted(true)

    private fun schedule(builder: JobInfo.Builder) {
        scheduler.schedule(builder.build())
    }

    private companion object {
        const val WAITS = 1
        const val NOW_AND_THEN = 2
    }
}

/** One exchange. When the system wants it to stop, only the waiting stops: the core keeps its own book. */
class SyncJob : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private var work: Job? = null

    override fun onStartJob(parameters: JobParameters): Boolean {
        work = scope.launch {
            val status = (application as HasPhone).phone().syncNow()
            jobFinished(parameters, status.unsentEntries + status.unsentFiles > 0u)
        }
        return true
    }

    override fun onStopJob(parameters: JobParameters): Boolean {
        work?.cancel()
        return true
    }
}
