import BackgroundTasks
import CampoCore
import Network
import Security
import SwiftUI

@main
struct CampoApp: App {
    @UIApplicationDelegateAdaptor private var delegate: Delegate
    @Environment(\.scenePhase) private var phase

    var body: some Scene {
        WindowGroup {
            if let shell = delegate.shell {
                RootScreen()
                    .environmentObject(shell)
                    .task { await shell.follow() }
                    .onChange(of: phase) { phase in delegate.moved(to: phase) }
            }
        }
    }
}

/// Opens the core once, and tells it what the platform tells.
@MainActor
final class Delegate: NSObject, UIApplicationDelegate {
    private static let exchange = "campo.exchange"
    private(set) var shell: Shell?
    private let paths = NWPathMonitor()

    func application(_: UIApplication, didFinishLaunchingWithOptions _: [UIApplication.LaunchOptionsKey: Any]? = nil) -> Bool {
        let network = AppleNetwork(paths)
        let platform = Platform(clock: AppleClock(), secrets: KeychainSecrets(), network: network, jobs: AppleJobs(Self.exchange))
        guard let folder = try? Self.folder(),
              let phone = try? CampoPhone(configuration: Configuration(folder: folder.path, companyRootsPem: nil), platform: platform)
        else { return false }
        shell = Shell(phone: phone, device: Device())
        network.onChange = { phone.networkChanged() }
        BGTaskScheduler.shared.register(forTaskWithIdentifier: Self.exchange, using: nil) { task in
            let work = Task {
                _ = await phone.syncNow()
                task.setTaskCompleted(success: true)
            }
            // Only the waiting stops: the core keeps its own book
            task.expirationHandler = { work.cancel() }
        }
        return true
    }

    func application(
        _: UIApplication, didReceiveRemoteNotification _: [AnyHashable: Any]
    ) async -> UIBackgroundFetchResult {
        guard let phone = shell?.phone else { return .noData }
        phone.woken()
        _ = await phone.syncNow()
        return .newData
    }

    /// An app that is suspended while it holds a lock of its database is killed: the core is paused before.
    func moved(to phase: ScenePhase) {
        guard let phone = shell?.phone else { return }
        switch phase {
        case .active:
            Task {
                try? await phone.resume()
                phone.foreground(true)
            }
        case .background:
            phone.foreground(false)
            let time = UIApplication.shared.beginBackgroundTask()
            Task {
                _ = await phone.syncNow()
                try? await phone.pause()
                UIApplication.shared.endBackgroundTask(time)
            }
        default:
            break
        }
    }

    /// Kept out of backups, readable after the first unlock: background exchanges need it.
    private static func folder() throws -> URL {
        var folder = try FileManager.default.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
            .appendingPathComponent("campo", isDirectory: true)
        let protection: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: protection)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        return folder
    }
}

/// The clocks: the one on the wall, and the one that also runs during sleep. Apple names no boot: the core finds it.
private struct AppleClock: ClockSource {
    func read() throws -> ClockReading {
        let zone = TimeZone.current
        return ClockReading(
            wallUs: Int64(Date().timeIntervalSince1970 * 1_000_000),
            monotonicUs: Int64(clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW) / 1000),
            boot: nil, zone: zone.identifier, offsetS: Int32(zone.secondsFromGMT()), automatic: nil
        )
    }
}

/// Secrets in the keychain of this phone alone.
private struct KeychainSecrets: SecretStore {
    func get(name: String) throws -> String? {
        var query = item(name)
        query[kSecReturnData] = true
        var found: CFTypeRef?
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess: return (found as? Data).map { String(decoding: $0, as: UTF8.self) }
        case errSecItemNotFound: return nil
        case let status: throw PlatformError.Failed(detail: "keychain \(status)")
        }
    }

    func set(name: String, value: String) throws {
        try remove(name: name)
        var query = item(name)
        query[kSecValueData] = Data(value.utf8)
        query[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        let status = SecItemAdd(query as CFDictionary, nil)
        guard status == errSecSuccess else { throw PlatformError.Failed(detail: "keychain \(status)") }
    }

    func remove(name: String) throws {
        let status = SecItemDelete(item(name) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw PlatformError.Failed(detail: "keychain \(status)") }
    }

    private func item(_ name: String) -> [CFString: Any] {
        [kSecClass: kSecClassGenericPassword, kSecAttrService: "campo", kSecAttrAccount: name]
    }
}

private final class AppleNetwork: NetworkState, @unchecked Sendable {
    private let lock = NSLock()
    private var there = true
    var onChange: () -> Void = {}

    init(_ paths: NWPathMonitor) {
        paths.pathUpdateHandler = { [weak self] path in
            guard let self else { return }
            self.lock.lock()
            self.there = path.status == .satisfied
            self.lock.unlock()
            self.onChange()
        }
        paths.start(queue: DispatchQueue(label: "campo.network"))
    }

    func isThere() throws -> Bool {
        lock.lock()
        defer { lock.unlock() }
        return there
    }
}

/// Exchanges when the app is not open, where and when the system wants.
private struct AppleJobs: JobScheduler {
    let identifier: String
    init(_ identifier: String) { self.identifier = identifier }

    func wanted(waits: Bool) throws {
        guard waits else { return BGTaskScheduler.shared.cancel(taskRequestWithIdentifier: identifier) }
        let request = BGProcessingTaskRequest(identifier: identifier)
        request.requiresNetworkConnectivity = true
        try? BGTaskScheduler.shared.submit(request)
    }
}
