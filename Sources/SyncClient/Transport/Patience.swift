/// Repeats requests that fail for reasons that may pass, for work that may be done twice without harm.
struct Patience: Sendable {
    let environment: ReplicaEnvironment
    let options: SyncOptions
    let report: @Sendable (SyncProgress) -> Void

    /// - Parameters:
    ///   - verifiedSize: of the log on this side, for what is said when it is in vain.
    ///   - body: the work.
    /// - Returns: what the body returns.
    /// - Throws: `ReplicaError` when patience ends, and what the body throws besides.
    func repeating<Value: Sendable>(
        verifiedSize: Int,
        _ body: () async throws -> Value
    ) async throws -> Value {
        var delay = options.firstDelay
        for attempt in 1... {
            try Task.checkCancellation()
            do {
                return try await body()
            } catch {
                guard let failure = SyncFailure(error) else { throw error }
                let reason = failure.error(verifiedSize: verifiedSize)
                let pause = max(delay, failure.retryAfter ?? .zero)
                guard failure.mayPass, attempt < options.attempts, pause <= options.greatestDelay else { throw reason }
                let seconds = Double(pause.components.seconds) + Double(pause.components.attoseconds) / 1e18
                report(.waiting(seconds: seconds, because: reason.message))
                try await environment.sleep(pause)
                delay = min(delay * 2, options.greatestDelay)
            }
        }
        preconditionFailure("the last attempt returns or throws")
    }
}
