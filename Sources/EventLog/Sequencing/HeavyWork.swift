internal import Foundation
internal import Synchronization

/// A few threads of lower priority for work that takes long, whoever asks for it: its clients take turns.
///
/// What everybody waits for has the processors first. Some work never has all the threads: what takes seconds, or
/// longer with a longer log, and whatever those without a token ask for. So a member's work of milliseconds does not
/// wait for it. Nor does a visitor's wait for what takes seconds, whoever asked for that. The threads live as long as
/// there is something to do.
package final class HeavyWork: Sendable {
    /// Who works on what share of the threads.
    private enum Lane {
        case brief, long, visits, longVisits
    }

    private struct State: ~Copyable {
        var waiting: [Lane: Turns<String, @Sendable () -> Void>] = [:]
        var threads = 0
        /// How many of them are at each.
        var working: [Lane: Int] = [:]

        mutating func next(in lane: Lane) -> (@Sendable () -> Void)? { waiting[lane]?.next() }

        func count(_ lane: Lane) -> Int { working[lane] ?? 0 }
    }

    /// Held to take or add work, never while it is done.
    private let state = Mutex(State())
    private let width: Int

    /// - Parameter width: how many threads there are at most; nil for as many as suit this machine.
    package init(width: Int? = nil) { self.width = width ?? Self.usualWidth }

    /// How many threads suit this machine.
    package static let usualWidth = width(onProcessors: ProcessInfo.processInfo.activeProcessorCount)

    /// How many threads suit a machine: half as many as it has processors, at least two, and two more.
    ///
    /// Those two are kept for what takes moments: one for members, one for anybody.
    static func width(onProcessors count: Int) -> Int { max(2, count / 2) + 2 }

    /// How many may read one file at once.
    package static let readerCount = readers(besideThreads: usualWidth)

    /// How many may read one file at once: each of so many threads, for long, and four that look at it for a moment.
    ///
    /// So whoever looks, as pushes do that are held against what there is, waits for none of the threads.
    static func readers(besideThreads width: Int) -> Int { width + 4 }

    /// How much waits for a thread.
    package var waitingCount: Int { state.withLock { $0.waiting.values.reduce(0) { $0 + $1.count } } }

    /// Runs the body on one of the threads.
    ///
    /// - Parameters:
    ///   - client: whose work it is.
    ///   - takesLong: whether it may take seconds: folding a log, making a file.
    ///   - isForVisitors: whether somebody without a token asked for it, or may have.
    ///   - body: the work; may block.
    /// - Returns: what the body gives.
    /// - Throws: what the body throws.
    package func run<Value: Sendable>(
        for client: String,
        takesLong: Bool = false,
        isForVisitors: Bool = false,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let needsThread = state.withLock { state in
                let work: @Sendable () -> Void = { continuation.resume(with: Result(catching: body)) }
                let lane: Lane = isForVisitors ? (takesLong ? .longVisits : .visits) : takesLong ? .long : .brief
                state.waiting[lane, default: Turns()].append(work, of: client)
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
        var last: Lane?
        while true {
            let done = last
            let next = state.withLock { state -> (lane: Lane, work: @Sendable () -> Void)? in
                if let done { state.working[done, default: 0] -= 1 }
                let next = self.next(in: &state)
                if let next { state.working[next.lane, default: 0] += 1 } else { state.threads -= 1 }
                return next
            }
            guard let next else { return }
            last = next.lane
            next.work()
        }
    }

    /// What is to be done next by a thread that has nothing to do.
    private func next(in state: inout State) -> (lane: Lane, work: @Sendable () -> Void)? {
        // What may not have all the threads comes first, or it would never be begun; of visitors, that is one share, and a
        // smaller one of what takes them long. What takes long leaves two threads, whoever asks for it: one to visitors, one to
        // members. Of three it takes two, one for each of them, or a member's would never be begun. Where there is one
        // thread alone, all take it as it comes.
        let visits = state.count(.visits) + state.count(.longVisits)
        let long = state.count(.long) + state.count(.longVisits)
        if state.count(.long) + visits < max(1, width - 1) {
            let hasRoomForLong = long < max(2, width - 2)
            if visits < max(1, width - 2) {
                if hasRoomForLong, state.count(.longVisits) < max(1, width - 3),
                    let work = state.next(in: .longVisits)
                {
                    return (.longVisits, work)
                }
                if let work = state.next(in: .visits) { return (.visits, work) }
            }
            if hasRoomForLong, state.count(.long) < max(1, width - 2), let work = state.next(in: .long) {
                return (.long, work)
            }
        }
        return state.next(in: .brief).map { (.brief, $0) }
    }

    /// A tenth of the share of a usual thread, where there is not enough for both.
    private static let niceness: CInt = 10
}
