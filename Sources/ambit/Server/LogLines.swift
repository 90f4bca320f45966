import Dispatch
import Synchronization

/// Lines of the server's log on their way to standard error: nobody who answers requests waits for whoever reads them.
///
/// They are written in their order, by a queue of its own. Any thread may call it.
final class LogLines: Sendable {
    /// In bytes: so much waits, and what is more is left out and counted.
    static let limit = 1 << 20

    private struct State {
        var waiting: [String] = []
        var bytes = 0
        var leftOut = 0
        /// Whether the queue is at work, or about to be.
        var isWriting = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "ambit.log")
    private let write: @Sendable (String) -> Void
    private let telling: @Sendable (_ leftOut: Int) -> String

    /// - Parameters:
    ///   - write: writes a line; may block.
    ///   - telling: the line that says how many were left out.
    init(_ write: @escaping @Sendable (String) -> Void, telling: @escaping @Sendable (_ leftOut: Int) -> String) {
        self.write = write
        self.telling = telling
    }

    /// Takes a line; never blocks.
    func add(_ line: String) {
        let begins = state.withLock { state in
            let bytes = state.bytes + line.utf8.count
            if bytes > Self.limit {
                state.leftOut += 1
                return false
            }
            state.waiting.append(line)
            state.bytes = bytes
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.async { [self] in drain() } }
    }

    /// Waits until all that was taken is written, but no longer than a moment: nobody may be reading it.
    func flush(within limit: DispatchTimeInterval = .seconds(1)) {
        let group = DispatchGroup()
        queue.async(group: group) {}
        _ = group.wait(timeout: .now() + limit)
    }

    private func drain() {
        while let (line, leftOut) = next() {
            write(line)
            if leftOut > 0 { write(telling(leftOut)) }
        }
    }

    /// What waits, as one piece, and how many lines were left out after it.
    private func next() -> (lines: String, leftOut: Int)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { (state.waiting, state.bytes, state.leftOut) = ([], 0, 0) }
            return (state.waiting.joined(), state.leftOut)
        }
    }
}
