import CampoCore
import Foundation
import SwiftUI

/// Where somebody is, above the five places.
enum Spot: Hashable {
    case task(String)
    case form(String, task: String?)
    case receipt(String)
    case trays, forms, diagnostics
}

/// What every screen has at hand: the phone, the words, and what went wrong.
@MainActor
final class Shell: ObservableObject {
    let phone: any Phone
    let device: Device

    @Published private(set) var revision: UInt64 = 0
    @Published private(set) var texts = Texts(Locale.current.identifier.hasPrefix("en") ? .english : .spanish)
    @Published private(set) var company: String?
    @Published private(set) var worker: Worker?
    @Published private(set) var status: SyncStatus?
    @Published private(set) var isKnown = false
    @Published var path: [Spot] = []
    @Published var fault: String?
    @Published private(set) var busy = false

    /// When positions are recorded: where they never are, the phone is not even asked.
    private var positionMode = PositionMode.atEntries

    init(phone: any Phone, device: Device) {
        self.phone = phone
        self.device = device
        device.onPosition = { [weak self] position in self?.note(position) }
    }

    private func note(_ position: Position) {
        Task {
            if let wanted = try? await phone.notePosition(position), !wanted { device.record(false) }
            // An app that is suspended while it holds a lock of its database is killed
            if UIApplication.shared.applicationState == .background { try? await phone.pause() }
        }
    }

    /// Follows the core for as long as the app is open.
    func follow() async {
        async let revisions: Void = followRevisions()
        async let sync: Void = followSync()
        _ = await (revisions, sync)
    }

    private func followRevisions() async {
        for await revision in phone.revisions() {
            do {
                company = try await phone.company()
                let now = try await phone.session()
                if now?.id != worker?.id { path = [] }
                worker = now
                let home = now == nil ? nil : try await phone.home(here: nil)
                positionMode = home?.position ?? .atEntries
                device.record(home?.position == .duringShift && home?.shift.state != .off)
                if company != nil { texts = Texts(try await phone.language()) }
            } catch {
                fault = said(error)
            }
            isKnown = true
            self.revision = revision
        }
    }

    private func followSync() async {
        for await status in phone.sync() { self.status = status }
    }

    /// The quiet line on top; none while all is well.
    var quiet: String? {
        guard company != nil, let status else { return nil }
        if status.access == .needsLogin || status.access == .refused { return texts.needsLogin }
        switch status.trouble {
        case nil: return nil
        case .offline, .notCampo: return texts.noNetwork
        case .serverBusy: return texts.serverBusy
        case .upgradeRequired: return texts.upgradeRequired
        case .diskFull: return texts.diskFull
        case .store, .fileUnreadable: return texts.storeBroken
        case let .refused(code): return texts.refused(code)
        }
    }

    /// Does something; what goes wrong is said where the person looks.
    func act(_ work: @escaping @MainActor () async throws -> Void) {
        guard !busy else { return }
        busy = true
        fault = nil
        Task {
            do { try await work() } catch { fault = said(error) }
            busy = false
        }
    }

    /// Captures something for whoever works with the phone, where the phone is.
    @discardableResult
    func capture(_ intent: String, _ action: WorkerAction) async throws -> String {
        let position = positionMode == .never ? nil : await device.position()
        let circumstances = Circumstances(intent: intent, session: worker?.session, position: position, note: nil)
        return try await phone.capture(circumstances, action)
    }

    func said(_ error: Error) -> String {
        switch error as? CampoError {
        case .Offline: return texts.noNetwork
        case .DiskFull: return texts.diskFull
        case .UpgradeRequired: return texts.upgradeRequired
        case .NeedsLogin: return texts.needsLogin
        case let .Wait(seconds): return texts.pinWait(seconds)
        case let .Prohibited(_, text): return text
        case let .TooFar(distance, radius): return texts.tooFar(distance, radius)
        case let .Refused(code): return code == "pin_wrong" ? texts.pinWrong : texts.refused(code)
        default: return texts.storeBroken
        }
    }
}

/// Shows what the core says, read again whenever something may have changed.
struct Shown<Value, Content: View>: View {
    @EnvironmentObject private var shell: Shell
    let read: (any Phone) async throws -> Value?
    @ViewBuilder let content: (Value) -> Content
    @State private var value: Value?

    var body: some View {
        Group {
            if let value { content(value) } else { Color.clear.frame(height: 1) }
        }
        .task(id: shell.revision) {
            do { value = try await read(shell.phone) } catch { shell.fault = shell.said(error) }
        }
    }
}
