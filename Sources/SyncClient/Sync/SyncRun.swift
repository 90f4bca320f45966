/// A running sync: a sequence of progress that ends with `finished`, or throws a `ReplicaError`.
///
/// Iterate it once. Leaving the loop early, or cancelling the task that iterates, ends the sync at its next step. What
/// has been received whole is kept for the next one.
///
/// The sync does not wait for the loop. Of steps that the loop has not taken yet, the last 16 are kept: `finished` is
/// always among them.
public struct SyncRun: AsyncSequence, Sendable {
    /// Where the sync stands.
    public typealias Element = SyncProgress

    private let stream: AsyncThrowingStream<SyncProgress, any Error>

    init(_ stream: AsyncThrowingStream<SyncProgress, any Error>) {
        self.stream = stream
    }

    /// Begins to follow the sync.
    public func makeAsyncIterator() -> AsyncThrowingStream<SyncProgress, any Error>.Iterator {
        stream.makeAsyncIterator()
    }

    /// Waits for the end.
    ///
    /// - Parameter progress: called with every step; nil = nobody wants to know.
    /// - Returns: what the sync did.
    /// - Throws: `ReplicaError`.
    public func finish(
        reporting progress: ((SyncProgress) -> Void)? = nil
    ) async throws(ReplicaError) -> SyncSummary {
        do {
            for try await step in self {
                progress?(step)
                if case .finished(let summary) = step { return summary }
            }
        } catch {
            throw ReplicaError(wrapping: error, doing: "the sync")
        }
        throw ReplicaError(.cancelled, "the sync was cancelled", nextStep: "sync again to go on where it stopped")
    }
}
