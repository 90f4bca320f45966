internal import Dispatch
internal import EventLog
internal import Foundation
internal import Synchronization

/// Tells the other processes on a database of commits, and hears of theirs, over one connection of its own.
///
/// No more than a hint: what is lost with the connection, asking once a second finds. A commit does not wait for it, and
/// no more than 20 times a second anything is sent, however many commits there are.
///
/// Any thread may call it. The connection belongs to a thread that starts when somebody listens first.
final class ChangeNotices: Sendable {
    private struct State {
        /// Logs, by their numbers, of which the others are to be told.
        var untold: Set<Int> = []
        var listeners: [Int: @Sendable () -> Void] = [:]
        var isAtWork = false
    }

    private let connect: @Sendable () throws(DatabaseFailure) -> any DatabaseConnection
    private let state = Mutex(State())
    /// Signalled once, to end the thread.
    private let end = DispatchSemaphore(value: 0)

    init(connect: @escaping @Sendable () throws(DatabaseFailure) -> any DatabaseConnection) {
        self.connect = connect
    }

    /// Has the others be told that something was committed; nobody is told by a process that listens to nothing itself.
    func announce(_ log: Int) {
        state.withLock { if $0.isAtWork { $0.untold.insert(log) } }
    }

    /// Calls the body, which must not block, after others have committed something to this log; in place of a former one.
    func listen(to log: Int, _ body: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            state.listeners[log] = body
            defer { state.isAtWork = true }
            return !state.isAtWork
        }
        if starts { Thread.detachNewThread { [self] in work() } }
    }

    /// Ends the thread; to be called once.
    func stop() { end.signal() }

    private static let channel = "ambit"
    /// Between two statements that notify: 20 of them in a second.
    private static let interval = Duration.milliseconds(50)
    private static let backoff = Backoff(base: .seconds(1), cap: .seconds(30))
    private static let limit = Duration.seconds(5)

    private func work() {
        var failures = 0
        while !isEnded(within: failures == 0 ? .zero : Self.backoff.delay(afterFailures: failures)) {
            do throws(DatabaseFailure) {
                let connection = try connect()
                _ = try connection.run([Statement("LISTEN \(Self.channel)")], within: Self.limit)
                // What was committed while nobody heard.
                for listener in state.withLock({ Array($0.listeners.values) }) { listener() }
                failures = 0
                try exchange(over: connection)
                return
            } catch {
                failures += 1
            }
        }
    }

    /// Returns when it is to end.
    private func exchange(over connection: any DatabaseConnection) throws(DatabaseFailure) {
        var next = ContinuousClock.now
        while !isEnded(within: .zero) {
            if next <= .now {
                next = .now + Self.interval
                try notify(over: connection)
            }
            for notice in try connection.notices(within: max(.zero, next - .now)) {
                guard let log = Int(notice) else { continue }
                state.withLock { $0.listeners[log] }?()
            }
        }
    }

    private func notify(over connection: any DatabaseConnection) throws(DatabaseFailure) {
        let logs = state.withLock { state in
            defer { state.untold = [] }
            return state.untold
        }
        guard !logs.isEmpty else { return }
        let statement = Statement(
            "SELECT pg_notify('\(Self.channel)', log) FROM unnest($1) AS log",
            [.texts(logs.map(String.init))]
        )
        _ = try connection.run([statement], within: Self.limit)
    }

    private func isEnded(within pause: Duration) -> Bool {
        end.wait(timeout: .now() + pause / .seconds(1)) == .success
    }
}
