internal import EventLog

extension HeavyWork {
    /// Runs the body for a client: whoever has no token shares a part of the threads with all others who have none.
    ///
    /// - Parameters:
    ///   - client: whose work it is.
    ///   - takesLong: whether it may take seconds.
    ///   - body: the work; may block.
    /// - Returns: what the body gives.
    /// - Throws: what the body throws.
    func run<Value: Sendable>(
        for client: ConcurrencyLimiter.Client,
        takesLong: Bool = false,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await run(for: client.name, takesLong: takesLong, isForVisitors: client.isWithoutToken, body)
    }
}
