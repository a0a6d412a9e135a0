@_exported import CampoBindings
import Foundation

/// What the screens know of the core. Records are plain data.
public protocol Phone: AnyObject, Sendable {
    /// Each value says that what screens show may have changed.
    func revisions() -> AsyncStream<UInt64>
    /// How the exchange with the server stands, now and whenever it changes.
    func sync() -> AsyncStream<SyncStatus>

    func enrol(server: String, code: String, model: PhoneModel) async throws -> String
    func company() async throws -> String?
    func language() async throws -> PhoneLanguage
    func roster() async throws -> [Worker]
    func session() async throws -> Worker?
    func openSession(intent: String, employee: String, pin: String) async throws -> Worker
    func closeSession(intent: String) async throws

    func capture(_ circumstances: Circumstances, _ action: WorkerAction) async throws -> String
    func takeFile(path: String) async throws -> HeldPhoto
    /// Notes where the worker is during a shift; false when that is not wanted, or not any more.
    func notePosition(_ position: Position) async throws -> Bool
    func keepForm(_ form: String, task: String?, answers: [Answer], photos: [MentionedPhoto]) async throws -> FormState?
    func discardForm(_ form: String, task: String?) async throws
    func noteMessagesRead() async throws

    func home(here: Here?) async throws -> HomePage?
    func tasks(here: Here?) async throws -> [TaskRow]
    func task(_ id: String, here: Here?) async throws -> TaskPage?
    func forms() async throws -> [FormOfTask]
    func form(_ form: String, task: String?) async throws -> FormScreen?
    func messages() async throws -> [MessageLine]
    func myTime(weeksAgo: UInt32, day: UInt32?) async throws -> TimePage?
    func receipt(_ entry: String) async throws -> ReceiptPage?
    func trays() async throws -> [TrayLine]
    func diagnostics() async throws -> [Labelled]
    func file(_ hash: String) async throws -> Data?

    func syncNow() async -> SyncStatus
    func foreground(_ foreground: Bool)
    func networkChanged()
    func woken()
    func pause() async throws
    func resume() async throws
}
