import CampoCore
import Foundation

/// A platform that a test turns by hand.
final class FakePlatform: @unchecked Sendable {
    private let lock = NSLock()
    private var isThere = true
    private var secrets: [String: String] = [:]

    var there: Bool {
        get { lock.withLock { isThere } }
        set { lock.withLock { isThere = newValue } }
    }

    func asPlatform() -> Platform {
        Platform(clock: Clock(), secrets: Secrets(of: self), network: Network(of: self), jobs: Jobs())
    }

    private final class Clock: ClockSource, @unchecked Sendable {
        func read() throws -> ClockReading {
            ClockReading(
                wallUs: Int64(Date().timeIntervalSince1970 * 1_000_000),
                monotonicUs: Int64(ProcessInfo.processInfo.systemUptime * 1_000_000),
                boot: "boot", zone: "America/Bogota", offsetS: -18000, automatic: true
            )
        }
    }

    private final class Secrets: SecretStore, @unchecked Sendable {
        private let platform: FakePlatform
        init(of platform: FakePlatform) { self.platform = platform }
        func get(name: String) throws -> String? { platform.lock.withLock { platform.secrets[name] } }
        func set(name: String, value: String) throws { platform.lock.withLock { platform.secrets[name] = value } }
        func remove(name: String) throws { platform.lock.withLock { platform.secrets[name] = nil } }
    }

    private final class Network: NetworkState, @unchecked Sendable {
        private let platform: FakePlatform
        init(of platform: FakePlatform) { self.platform = platform }
        func isThere() throws -> Bool { platform.there }
    }

    private final class Jobs: JobScheduler, @unchecked Sendable {
        func wanted(waits _: Bool) throws {}
    }
}
