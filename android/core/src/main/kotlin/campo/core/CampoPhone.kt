package campo.core

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.withContext

/** The core behind [Phone]. One for an app; closed when the process ends. */
class CampoPhone private constructor(
    private val core: Campo,
    private val news: News,
    private val dispatcher: CoroutineDispatcher,
) : Phone, AutoCloseable {
    override val revisions: StateFlow<Long> = news.revisions.asStateFlow()
    override val sync: StateFlow<SyncStatus> = news.sync.asStateFlow()

    override suspend fun enrol(server: String, code: String, model: PhoneModel): String {
        val company = core.enrol(server, code, model)
        news.rise()
        return company
    }

    override suspend fun company() = read { it.company() }

    override suspend fun language() = read { it.language() }

    override suspend fun roster() = read { it.roster() }

    override suspend fun session() = read { it.session() }

    override suspend fun openSession(intent: String, employee: String, pin: String) =
        write { it.openSession(intent, employee, pin) }

    override suspend fun closeSession(intent: String) = write { it.closeSession(intent) }

    override suspend fun capture(circumstances: Circumstances, action: WorkerAction) =
        write { it.capture(circumstances, action) }

    override suspend fun takeFile(path: String) = write { it.takeFile(path) }

    // What screens show does not change with it
    override suspend fun notePosition(position: Position) =
        withContext(NonCancellable + dispatcher) { awake { it.notePosition(position) } }

    override suspend fun keepForm(
        form: String,
        task: String?,
        answers: List<Answer>,
        photos: List<MentionedPhoto>,
    ) = write { it.keepForm(form, task, answers, photos) }

    override suspend fun discardForm(form: String, task: String?) = write { it.discardForm(form, task) }

    override suspend fun noteMessagesRead() = write { it.noteMessagesRead() }

    override suspend fun home(here: Here?) = read { it.home(here) }

    override suspend fun tasks(here: Here?) = read { it.tasks(here) }

    override suspend fun task(id: String, here: Here?) = read { it.task(id, here) }

    override suspend fun forms() = read { it.forms() }

    override suspend fun form(form: String, task: String?) = read { it.form(form, task) }

    override suspend fun messages() = read { it.messages() }

    override suspend fun myTime(weeksAgo: Int, day: Int?) = read { it.myTime(weeksAgo.toUInt(), day?.toUInt()) }

    override suspend fun receipt(entry: String) = read { it.receipt(entry) }

    override suspend fun trays() = read { it.trays() }

    override suspend fun diagnostics() = read { it.diagnostics() }

    override suspend fun file(hash: String) = read { it.file(hash) }

    override suspend fun syncNow() = core.syncNow()

    override fun foreground(foreground: Boolean) = core.foreground(foreground)

    override fun networkChanged() = core.networkChanged()

    override fun woken() = core.woken()

    override suspend fun pause() = withContext(NonCancellable + dispatcher) { core.pause() }

    override suspend fun resume() = withContext(NonCancellable + dispatcher) { core.resume() }

    /** Ends the core: waits for what is being written, gives up what is on the network. */
    override fun close() = core.close()

    private suspend fun <T> read(block: (Campo) -> T): T = withContext(dispatcher) { awake(block) }

    /** Once begun, a write goes to its end, whoever stopped waiting for it. */
    private suspend fun <T> write(block: (Campo) -> T): T =
        withContext(NonCancellable + dispatcher) {
            try {
                awake(block)
            } finally {
                news.rise()
            }
        }

    /** A core that the platform paused is resumed, and the call repeated: its intent makes that safe. */
    private fun <T> awake(block: (Campo) -> T): T =
        try {
            block(core)
        } catch (_: CampoException.Paused) {
            core.resume()
            block(core)
        }

    /** What the core tells, and what is written here: both are news for screens. */
    private class News : ChangeListener {
        val revisions = MutableStateFlow(0L)
        val sync = MutableStateFlow(SyncStatus(PhoneAccess.NOT_ENROLLED, false, null, 0u, 0u))

        fun rise() = revisions.update { it + 1 }

        override fun changed(revision: ULong) = rise()

        override fun syncStatus(status: SyncStatus) {
            sync.value = status
            rise()
        }
    }

    companion object {
        /** Opens the store and begins to sync. */
        suspend fun open(
            configuration: Configuration,
            platform: Platform,
            dispatcher: CoroutineDispatcher = Dispatchers.IO,
        ): CampoPhone = withContext(NonCancellable + dispatcher) {
            val news = News()
            val core = Campo.open(configuration, platform, news)
            news.sync.value = core.syncStatus()
            CampoPhone(core, news, dispatcher)
        }
    }
}
