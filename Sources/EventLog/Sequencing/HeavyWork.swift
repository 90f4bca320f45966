internal import Foundation
internal import Synchronization

/// A few threads of lower priority for work that takes long, whoever asks for it: its clients take turns.
///
/// What everybody waits for has the processors first. What takes seconds, or longer with a longer log, never has all
/// the threads: what takes milliseconds does not wait for it. The threads live as long as there is something to do.
package final class HeavyWork: Sendable {
    private struct State: ~Copyable {
        var waiting = Turns<String, @Sendable () -> Void>()
        /// What takes long.
        var waitingLong = Turns<String, @Sendable () -> Void>()
        var threads = 0
        /// Those of them that are at what takes long.
        var longThreads = 0
    }

    /// Held to take or add work, never while it is done.
    private let state = Mutex(State())
    private let width: Int

    /// - Parameter width: how many threads there are at most; nil for half as many as there are processors, at least two, and
    ///   the one that is kept for what takes moments.
    package init(width: Int? = nil) {
        self.width = width ?? max(2, ProcessInfo.processInfo.activeProcessorCount / 2) + 1
    }

    /// How much waits for a thread.
    package var waitingCount: Int { state.withLock { $0.waiting.count + $0.waitingLong.count } }

    /// Runs the body on one of the threads.
    ///
    /// - Parameters:
    ///   - client: whose work it is.
    ///   - takesLong: whether it may take seconds: folding a log, making a file.
    ///   - body: the work; may block.
    /// - Returns: what the body gives.
    /// - Throws: what the body throws.
    package func run<Value: Sendable>(
        for client: String,
        takesLong: Bool = false,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let needsThread = state.withLock { state in
                let work: @Sendable () -> Void = { continuation.resume(with: Result(catching: body)) }
                if takesLong {
                    state.waitingLong.append(work, of: client)
                } else {
                    state.waiting.append(work, of: client)
                }
                guard state.threads < width else { return false }
                state.threads += 1
                return true
            }
            if needsThread { Thread.detachNewThread { self.work() } }
        }
    }

    private func work() {
        #if os(Linux)
            // Of this thread alone, which is never used for anything else. Refused, it is work like other work.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
        #endif
        var isLong = false
        while true {
            let wasLong = isLong
            let next = state.withLock { state -> (work: @Sendable () -> Void, isLong: Bool)? in
                if wasLong { state.longThreads -= 1 }
                // First, or it would never be begun; where there is one thread alone, the two take it as it comes.
                if state.longThreads < max(1, width - 1), let work = state.waitingLong.next() {
                    state.longThreads += 1
                    return (work, true)
                }
                if let work = state.waiting.next() { return (work, false) }
                state.threads -= 1
                return nil
            }
            guard let next else { return }
            isLong = next.isLong
            next.work()
        }
    }

    /// A tenth of the share of a usual thread, where there is not enough for both.
    private static let niceness: CInt = 10
}
