internal import EventLog
internal import EventLogSQLite
internal import SyncProtocol

extension Replica {
    /// Sends what is pending, and brings over what is new, until both sides have the same log.
    ///
    /// The sync begins at once. Recording goes on meanwhile; what is recorded before the sync's last look at the outbox
    /// is sent along.
    ///
    /// - Parameters:
    ///   - transport: what carries requests; nil = HTTP.
    ///   - options: how patient it is.
    /// - Returns: the running sync, to be followed.
    public func sync(over transport: (any Transport)? = nil, options: SyncOptions = SyncOptions()) -> SyncRun {
        // Who follows slowly misses steps, never the last one.
        let (stream, continuation) = AsyncThrowingStream<SyncProgress, any Error>.makeStream(
            bufferingPolicy: .bufferingNewest(16)
        )
        let task = Task.detached { [self] in
            do {
                let summary = try await runSync(over: transport, options: options) { continuation.yield($0) }
                continuation.yield(.finished(summary))
                continuation.finish()
            } catch {
                continuation.finish(throwing: ReplicaError(wrapping: error, doing: "the sync"))
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return SyncRun(stream)
    }

    private func runSync(
        over transport: (any Transport)?,
        options: SyncOptions,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) async throws -> SyncSummary {
        try await withServer(over: transport) { transport, token in
            try await synchronize(over: transport, token: token, options: options, report: report)
        }
    }

    /// Runs the body, which no other sync of this replica disturbs.
    ///
    /// - Parameters:
    ///   - transport: what carries requests; nil = HTTP.
    ///   - body: is given the transport and this device's token.
    /// - Returns: what the body returns.
    /// - Throws: `syncRunning` when another sync is; what the body throws.
    func withServer<Value>(
        over transport: (any Transport)?,
        _ body: (any Transport, _ token: String) async throws -> Value
    ) async throws -> Value {
        guard let lock = try FolderLock(files.lock) else {
            throw ReplicaError(
                .syncRunning,
                "another sync of \(folder) is running",
                nextStep: "wait for it; recording goes on meanwhile"
            )
        }
        defer { withExtendedLifetime(lock) {} }
        let token = try files.readToken()
        guard let transport else {
            let http = try HTTPTransport(url: settings.url, trustedCertificates: environment.trustedCertificates)
            let result = await Result.running { try await body(http, token) }
            await http.shutDown()
            return try result.get()
        }
        return try await body(transport, token)
    }

    private func synchronize(
        over transport: any Transport,
        token: String,
        options: SyncOptions,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) async throws -> SyncSummary {
        var engine = try SyncEngine(
            device: settings.device,
            store: store,
            stateFile: stateFile,
            transport: transport,
            token: token,
            environment: environment,
            options: options,
            report: report
        )
        return try await engine.run()
    }
}

extension Result where Failure == any Error {
    /// The outcome of an asynchronous body.
    static func running(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
