package import AgendaModel
internal import EventLog
internal import Synchronization

/// Time that only passes in tests, and a clock that can be set as well.
package final class ServerClock: Sendable {
    private let passed = Mutex(0)
    private let clock = Mutex(1_800_000_000_000)

    package init() {}

    package var environment: RuntimeEnvironment {
        var environment = RuntimeEnvironment.system
        environment.now = { Timestamp(millisecondsSince1970: self.clock.withLock { $0 }) }
        environment.elapsed = { .milliseconds(self.passed.withLock { $0 }) }
        return environment
    }

    package func advance(seconds: Double) {
        passed.withLock { $0 += Int(seconds * 1000) }
        set(by: seconds)
    }

    /// Sets the clock forward, or back, while no time passes.
    package func set(by seconds: Double) { clock.withLock { $0 += Int(seconds * 1000) } }
}
