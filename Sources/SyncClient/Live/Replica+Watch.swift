public import LogClient

extension Replica {
    /// Syncs, and then follows, until something happens that a person has to look at.
    ///
    /// What others record is brought over as soon as the server has it. What is recorded here is sent at once.
    ///
    /// A watch ends with the loop that follows it:
    ///
    /// ```swift
    /// for try await progress in replica.watch() {
    ///     switch progress {
    ///     case .following: print("up to date, and listening")
    ///     case .waiting(let seconds, let reason): print("\(reason); the next attempt in \(seconds) seconds")
    ///     case .finished(let summary): print("\(summary.pulled) entries came, \(summary.accepted) were sent")
    ///     case .syncing: break
    ///     }
    ///     if try isEnough() { break }
    /// }
    /// ```
    ///
    /// Prefers a live stream, and uses pulls that wait where streams are held back. After a transient failure it waits
    /// and tries again, for ever. Entries count only after the checks of every sync. Between its syncs others may sync the
    /// same replica.
    ///
    /// - Parameters:
    ///   - transport: what carries requests; nil = HTTP.
    ///   - options: how long it waits, and for what.
    /// - Returns: the running watch, to be followed.
    public func watch(over transport: (any Transport)? = nil, options: WatchOptions = WatchOptions()) -> WatchRun {
        let (stream, continuation) = AsyncThrowingStream<WatchProgress, any Error>.makeStream(
            bufferingPolicy: .bufferingNewest(256)
        )
        let task = Task.detached { [self] in
            do {
                try await overTransport(transport) { transport in
                    var driver = WatchDriver(self, over: transport, options: options) { continuation.yield($0) }
                    try await driver.run()
                }
            } catch {
                continuation.finish(throwing: ReplicaError(wrapping: error, doing: "the watch"))
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return WatchRun(stream)
    }
}
