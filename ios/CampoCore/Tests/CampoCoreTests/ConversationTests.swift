import CampoCore
import Foundation
import XCTest

/// The conversations of `mobile-core/conversations`, through the wrapper, against a running server.
final class ConversationTests: XCTestCase {
    func testDay() async throws { try await play("day") }
    func testTaps() async throws { try await play("taps") }
    func testPins() async throws { try await play("pins") }

    private func play(_ name: String) async throws {
        let file = try XCTUnwrap(Bundle.module.url(forResource: "conversations/\(name)", withExtension: "json"))
        let read = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        let steps = try XCTUnwrap(read?["steps"] as? [[String: Any]])
        let conversation = try Conversation(Stand.there())
        for step in steps { try await conversation.play(step) }
    }
}

/// One phone in a conversation with an office.
private final class Conversation {
    private let stand: Stand
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("campo-\(UUID().uuidString)")
    private let platform = FakePlatform()
    private var opened: CampoPhone?
    private var phone: CampoPhone { opened! }
    private var entries: [String: String] = [:]
    private var answered: Int?
    /// Intents are unique on a phone, and every conversation has a phone of its own
    private var model: PhoneModel { PhoneModel(platform: "test", model: "Swift", osVersion: "1", appVersion: "1") }

    init(_ stand: Stand) throws {
        self.stand = stand
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        opened = try Self.open(folder, platform)
    }

    private static func open(_ folder: URL, _ platform: FakePlatform) throws -> CampoPhone {
        let configuration = Configuration(folder: folder.path, companyRootsPem: nil)
        return try CampoPhone(configuration: configuration, platform: platform.asPlatform())
    }

    func play(_ step: [String: Any]) async throws {
        var failed: String?
        var entry: String?
        do {
            entry = try await act(step)
        } catch let failure as CampoError {
            failed = name(failure)
        }
        let expected = step["expect"] as? [String: Any] ?? [:]
        XCTAssertEqual(expected["error"] as? String, failed, "\(step)")
        try await check(step, expected, entry)
        if let intent = step["intent"] as? String, let entry { entries[intent] = entry }
    }

    private func act(_ step: [String: Any]) async throws -> String? {
        func text(_ name: String) -> String { step[name] as? String ?? "" }
        let circumstances = Circumstances(intent: text("intent"), session: nil, position: nil, note: nil)
        switch text("do") {
        case "enrol":
            let code = text("code") == "right" ? try await stand.code() : text("code")
            _ = try await phone.enrol(server: stand.url, code: code, model: model)
        case "sync":
            // One that was begun before the network came back may end first
            for _ in 0..<(platform.there ? 3 : 1) { _ = await phone.syncNow() }
        case "open_session":
            let employee = try await phone.roster().first { $0.number == text("employee") }
            _ = try await phone.openSession(intent: text("intent"), employee: employee?.id ?? "", pin: text("pin"))
        case "close_session":
            try await phone.closeSession(intent: text("intent"))
        case "network":
            platform.there = step["there"] as? Bool ?? true
            phone.networkChanged()
        case "capture":
            return try await phone.capture(circumstances, action(step))
        case "photo":
            let file = folder.appendingPathComponent("photo.jpg")
            try Data("a picture of \(text("intent"))".utf8).write(to: file)
            let held = try await phone.takeFile(path: file.path)
            let photo = MentionedPhoto(hash: held.hash, sizeBytes: held.sizeBytes, field: nil, mediaType: "image/jpeg")
            return try await phone.capture(circumstances, .photo(photo: photo, task: task(text("task"))))
        case "keep_form":
            let answers = (step["answers"] as? [String: String] ?? [:]).map { field, value in
                Answer(field: field, value: value, text: nil, values: [], texts: [], files: [], rows: nil)
            }
            let form = stand.forms[text("form")] ?? ""
            let state = try await phone.keepForm(form, task: task(text("task")), answers: answers, photos: [])
            answered = state.map { Int($0.answered) }
        case "again":
            // The last one that holds the core ends it
            opened = nil
            opened = try Self.open(folder, platform)
        case "pause":
            try await phone.pause()
        case "resume":
            try await phone.resume()
        case "look":
            break
        default:
            XCTFail("no such step: \(step)")
        }
        return nil
    }

    private func action(_ step: [String: Any]) async throws -> WorkerAction {
        func text(_ name: String) -> String { step[name] as? String ?? "" }
        switch text("action") {
        case "shift_start": return .shiftStart
        case "shift_end": return .shiftEnd
        case "break_start": return .breakStart(kind: step["kind"] as? String)
        case "break_end": return .breakEnd
        case "task": return .task(task: try await task(text("task")) ?? "", step: .start, reason: nil)
        case "message": return .message(text: text("text"), task: nil)
        default: throw Stand.Missing(what: "the action of \(step)")
        }
    }

    private func task(_ number: String) async throws -> String? {
        try await phone.tasks(here: nil).first { $0.number == number }?.id
    }

    private func check(_ step: [String: Any], _ expected: [String: Any], _ entry: String?) async throws {
        for (what, value) in expected {
            let said = "\(what) after \(step)"
            switch what {
            case "error":
                break
            case "shift":
                let states: [ShiftState: String] = [.off: "off", .working: "working", .onBreak: "on_break"]
                let home = try await phone.home(here: nil)
                XCTAssertEqual(value as? String, home.flatMap { states[$0.shift.state] }, said)
            case "unsent":
                let waiting = try await phone.trays().filter { $0.tray == .toSend }
                XCTAssertEqual(value as? Int, waiting.count, said)
            case "same_entry_as":
                XCTAssertEqual(entries[value as? String ?? ""], entry, said)
            case "open_tasks":
                let home = try await phone.home(here: nil)
                XCTAssertEqual(value as? Int, home.map { Int($0.openTasks) }, said)
            case "answered":
                XCTAssertEqual(value as? Int, answered, said)
            case "session":
                let session = try await phone.session()
                XCTAssertEqual(value as? String, session?.name, said)
            case "at_office":
                let seen = try await stand.get("/v1/entries?limit=500")
                for kind in value as? [String] ?? [] { XCTAssertTrue(seen.contains("\"\(kind)\""), "\(kind): \(said)") }
            default:
                XCTFail("no such expectation: \(what)")
            }
        }
    }

    private func name(_ failure: CampoError) -> String {
        switch failure {
        case let .Refused(code): return ["pin_wrong", "no_session"].contains(code) ? code : "refused"
        case .Wait: return "wait"
        case .Offline: return "offline"
        case .NeedsLogin: return "needs_login"
        default: return "\(failure)"
        }
    }
}
