package campo.platform

import campo.core.Phone

/**
 * A wake-up without content: there is something new, never what. FCM is one way to get it; a build for phones without
 * Google's services has none and lives by the jobs, the shift's service and the foreground.
 */
interface Push {
    /** The token that the office's server is told, where there is such a service. */
    suspend fun token(): String?
}

object NoPush : Push {
    override suspend fun token(): String? = null
}

/** What every way of waking does. */
fun Phone.wakeUp() = woken()
