package campo.core

import kotlinx.coroutines.flow.StateFlow

/**
 * What the screens know of the core. Records are plain data; nothing here must be closed by whoever holds it.
 *
 * A coroutine that is cancelled while it waits loses nothing: what was handed over is done to its end.
 */
interface Phone {
    /** Rises when what screens show may have changed. */
    val revisions: StateFlow<Long>

    /** How the exchange with the server stands. */
    val sync: StateFlow<SyncStatus>

    // Becoming somebody
    suspend fun enrol(server: String, code: String, model: PhoneModel): String

    suspend fun company(): String?

    suspend fun language(): PhoneLanguage

    suspend fun roster(): List<Worker>

    suspend fun session(): Worker?

    suspend fun openSession(intent: String, employee: String, pin: String): Worker

    suspend fun closeSession(intent: String)

    // Capturing
    suspend fun capture(circumstances: Circumstances, action: WorkerAction): String

    suspend fun takeFile(path: String): HeldPhoto

    /** Notes where the worker is during a shift; false when that is not wanted, or not any more. */
    suspend fun notePosition(position: Position): Boolean

    suspend fun keepForm(form: String, task: String?, answers: List<Answer>, photos: List<MentionedPhoto>): FormState?

    suspend fun discardForm(form: String, task: String?)

    suspend fun noteMessagesRead()

    // Showing
    suspend fun home(here: Here?): HomePage?

    suspend fun tasks(here: Here?): List<TaskRow>

    suspend fun task(id: String, here: Here?): TaskPage?

    suspend fun forms(): List<FormOfTask>

    suspend fun form(form: String, task: String?): FormScreen?

    suspend fun messages(): List<MessageLine>

    suspend fun myTime(weeksAgo: Int, day: Int?): TimePage?

    suspend fun receipt(entry: String): ReceiptPage?

    suspend fun trays(): List<TrayLine>

    suspend fun diagnostics(): List<Labelled>

    suspend fun file(hash: String): ByteArray?

    // Syncing
    suspend fun syncNow(): SyncStatus

    fun foreground(foreground: Boolean)

    fun networkChanged()

    fun woken()

    /** Takes no new work and returns when no lock of the database is held. Captures resume it by themselves. */
    suspend fun pause()

    suspend fun resume()
}
