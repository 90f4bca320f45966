public import LogClient

extension Replica {
    /// Brings over what others have recorded, and sends nothing: for who is about to decide on it.
    ///
    /// - Parameters:
    ///   - transport: what carries requests; nil = HTTP.
    ///   - options: what it does about difficulties, such as retries.
    ///   - progress: called with every step, from the task that pulls.
    /// - Returns: why that cannot be done at the moment, such as a missing network; nil when it was done. What is decided
    ///   then rests on what was synced last.
    /// - Throws: `ReplicaError` for everything that a person has to look at.
    public func pull(
        over transport: (any Transport)? = nil,
        options: SyncOptions = .noRetries,
        progress: (@Sendable (SyncProgress) -> Void)? = nil
    ) async throws(ReplicaError) -> ReplicaError? {
        var options = options
        options.sends = false
        do {
            _ = try await sync(over: transport, options: options).finish(reporting: progress)
            return nil
        } catch {
            guard error.leavesReplicaAsItWas else { throw error }
            return error
        }
    }
}

extension ReplicaError {
    /// Whether nothing is known to be wrong, only that nothing could be brought over or stored now.
    fileprivate var leavesReplicaAsItWas: Bool {
        switch code {
        case .unreachable, .tooSlow, .unavailable, .notAnAmbitServer, .insecure, .syncRunning, .locked, .diskFull,
            .readOnly:
            true
        default: false
        }
    }
}
