import CampoBindings
import Foundation

/// The core behind `Phone`. One for an app.
///
/// What is written is done on a queue of its own and to its end, whoever stopped waiting for it: `Task.cancel()` stops the
/// waiting alone.
public final class CampoPhone: Phone, @unchecked Sendable {
    private let core: Campo
    private let news: News
    private let queue = DispatchQueue(label: "campo", attributes: .concurrent)

    public init(configuration: Configuration, platform: Platform) throws {
        news = News()
        core = try Campo.open(configuration: configuration, platform: platform, listener: news)
        news.tell(core.syncStatus())
    }

    public func revisions() -> AsyncStream<UInt64> { news.revisions() }
    public func sync() -> AsyncStream<SyncStatus> { news.sync() }

    public func enrol(server: String, code: String, model: PhoneModel) async throws -> String {
        let company = try await core.enrol(server: server, code: code, phone: model)
        news.rise()
        return company
    }

    public func company() async throws -> String? { try await read { try $0.company() } }
    public func language() async throws -> PhoneLanguage { try await read { try $0.language() } }
    public func roster() async throws -> [Worker] { try await read { try $0.roster() } }
    public func session() async throws -> Worker? { try await read { try $0.session() } }

    public func openSession(intent: String, employee: String, pin: String) async throws -> Worker {
        try await write { try $0.openSession(intent: intent, employee: employee, pin: pin) }
    }

    public func closeSession(intent: String) async throws { try await write { try $0.closeSession(intent: intent) } }

    public func capture(_ circumstances: Circumstances, _ action: WorkerAction) async throws -> String {
        try await write { try $0.capture(circumstances: circumstances, action: action) }
    }

    public func takeFile(path: String) async throws -> HeldPhoto { try await write { try $0.takeFile(path: path) } }

    /// What screens show does not change with it.
    public func notePosition(_ position: Position) async throws -> Bool { try await read { try $0.notePosition(position: position) } }

    public func keepForm(
        _ form: String, task: String?, answers: [Answer], photos: [MentionedPhoto]
    ) async throws -> FormState? {
        try await write { try $0.keepForm(form: form, task: task, answers: answers, photos: photos) }
    }

    public func discardForm(_ form: String, task: String?) async throws {
        try await write { try $0.discardForm(form: form, task: task) }
    }

    public func noteMessagesRead() async throws { try await write { try $0.noteMessagesRead() } }

    public func home(here: Here?) async throws -> HomePage? { try await read { try $0.home(here: here) } }
    public func tasks(here: Here?) async throws -> [TaskRow] { try await read { try $0.tasks(here: here) } }

    public func task(_ id: String, here: Here?) async throws -> TaskPage? {
        try await read { try $0.task(task: id, here: here) }
    }

    public func forms() async throws -> [FormOfTask] { try await read { try $0.forms() } }

    public func form(_ form: String, task: String?) async throws -> FormScreen? {
        try await read { try $0.form(form: form, task: task) }
    }

    public func messages() async throws -> [MessageLine] { try await read { try $0.messages() } }

    public func myTime(weeksAgo: UInt32, day: UInt32?) async throws -> TimePage? {
        try await read { try $0.myTime(weeksAgo: weeksAgo, day: day) }
    }

    public func receipt(_ entry: String) async throws -> ReceiptPage? { try await read { try $0.receipt(entry: entry) } }
    public func trays() async throws -> [TrayLine] { try await read { try $0.trays() } }
    public func diagnostics() async throws -> [Labelled] { try await read { try $0.diagnostics() } }
    public func file(_ hash: String) async throws -> Data? { try await read { try $0.file(hash: hash) } }

    public func syncNow() async -> SyncStatus { await core.syncNow() }
    public func foreground(_ foreground: Bool) { core.foreground(foreground: foreground) }
    public func networkChanged() { core.networkChanged() }
    public func woken() { core.woken() }
    public func pause() async throws { try await done { try $0.pause() } }
    public func resume() async throws { try await done { try $0.resume() } }

    private func read<T: Sendable>(_ work: @escaping @Sendable (Campo) throws -> T) async throws -> T {
        try await done { try Self.awake($0, work) }
    }

    private func write<T: Sendable>(_ work: @escaping @Sendable (Campo) throws -> T) async throws -> T {
        let news = news
        return try await done {
            defer { news.rise() }
            return try Self.awake($0, work)
        }
    }

    /// A core that the platform paused is resumed, and the call repeated: its intent makes that safe.
    private static func awake<T>(_ core: Campo, _ work: (Campo) throws -> T) throws -> T {
        do {
            return try work(core)
        } catch CampoError.Paused {
            try core.resume()
            return try work(core)
        }
    }

    private func done<T: Sendable>(_ work: @escaping @Sendable (Campo) throws -> T) async throws -> T {
        let core = core
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work(core) }) }
        }
    }
}

/// What the core tells, and what is written here: both are news for screens.
private final class News: ChangeListener, @unchecked Sendable {
    private let lock = NSLock()
    private var revision: UInt64 = 0
    private var status: SyncStatus?
    private var nextId = 0
    private var revisionReaders: [Int: AsyncStream<UInt64>.Continuation] = [:]
    private var syncReaders: [Int: AsyncStream<SyncStatus>.Continuation] = [:]

    func rise() {
        lock.lock()
        revision += 1
        let (now, readers) = (revision, Array(revisionReaders.values))
        lock.unlock()
        for reader in readers { reader.yield(now) }
    }

    func tell(_ status: SyncStatus) {
        lock.lock()
        self.status = status
        let readers = Array(syncReaders.values)
        lock.unlock()
        for reader in readers { reader.yield(status) }
    }

    func changed(revision _: UInt64) throws { rise() }

    func syncStatus(status: SyncStatus) throws {
        tell(status)
        rise()
    }

    /// The newest alone is of interest: a slow reader misses nothing by not seeing those before.
    func revisions() -> AsyncStream<UInt64> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { reader in
            lock.lock()
            nextId += 1
            let id = nextId
            revisionReaders[id] = reader
            let now = revision
            lock.unlock()
            reader.yield(now)
            reader.onTermination = { [weak self] _ in self?.forget(id) }
        }
    }

    func sync() -> AsyncStream<SyncStatus> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { reader in
            lock.lock()
            nextId += 1
            let id = nextId
            syncReaders[id] = reader
            let now = status
            lock.unlock()
            if let now { reader.yield(now) }
            reader.onTermination = { [weak self] _ in self?.forget(id) }
        }
    }

    private func forget(_ id: Int) {
        lock.lock()
        revisionReaders[id] = nil
        syncReaders[id] = nil
        lock.unlock()
    }
}
