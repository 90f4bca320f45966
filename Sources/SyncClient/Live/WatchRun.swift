/// A running watch: a sequence of what it is doing, that only ends by throwing a `ReplicaError`.
///
/// Iterate it once. Leaving the loop early, or cancelling the task that iterates, ends the watch at its next step. Who
/// follows slowly misses steps, never the last ones.
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
