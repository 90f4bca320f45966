/// A running watch: a sequence of what it is doing, that only ends by throwing a `ReplicaError`.
///
/// Iterate it once. Leaving the loop early, or cancelling the task that iterates, ends the watch at its next step.
///
/// The watch does not wait for the loop. Of steps that the loop has not taken yet, the last 256 are kept, and older ones
/// are dropped.
public struct WatchRun: AsyncSequence, Sendable {
    /// What the watch is doing.
    public typealias Element = WatchProgress

    private let stream: AsyncThrowingStream<WatchProgress, any Error>

    init(_ stream: AsyncThrowingStream<WatchProgress, any Error>) {
        self.stream = stream
    }

    /// Begins to follow the watch.
    public func makeAsyncIterator() -> AsyncThrowingStream<WatchProgress, any Error>.Iterator {
        stream.makeAsyncIterator()
    }
}
