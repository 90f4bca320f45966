internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
public import LogClient
internal import SyncProtocol

extension Replica {
    /// Sends what is pending, and brings over what is new, until both sides have the same log.
    ///
    /// The sync begins at once. Recording goes on meanwhile; what is recorded before the sync's last look at the outbox
    /// is sent along.
    ///
    /// ```swift
    /// for try await progress in replica.sync() {
    ///     switch progress {
    ///     case .pushing(let sent, let total): print("sent \(sent) of \(total)")
    ///     case .pulling(let size, let total): print("received \(size) of \(total)")
    ///     case .finished(let summary): print("\(summary.size) entries, verified; \(summary.refused) refused")
    ///     default: break
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - transport: what carries requests; nil = HTTP.
    ///   - options: retries, and how long to wait for another sync.
    /// - Returns: the running sync, to be followed.
    public func sync(over transport: (any Transport)? = nil, options: SyncOptions = SyncOptions()) -> SyncRun {
        // The sync does not wait for the loop. Of steps that the loop has not taken yet, the last 16 are kept: `finished`
        // is always among them.
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
        try await overTransport(transport) { transport in
            let (summary, unsent) = try await synchronize(over: transport, options: options, report: report)
            if let unsent { throw unsent }
            return summary
        }
    }

    /// Runs the body with the transport, or with one over HTTP that is shut down afterwards.
    ///
    /// - Parameters:
    ///   - transport: nil = HTTP.
    ///   - url: the agenda's address; nil = the one that is kept.
    ///   - body: what is done.
    /// - Returns: what the body gives.
    /// - Throws: what the body throws, and `ReplicaError` for an address or certificates that cannot be used.
    func overTransport<Value>(
        _ transport: (any Transport)?,
        at url: String? = nil,
        _ body: (any Transport) async throws -> Value
    ) async throws -> Value {
        if let transport { return try await body(transport) }
        let url = try url ?? settings.url
        let http = try HTTPTransport(url: url, environment: environment)
        return try await http.shuttingDown { try await body(http) }
    }

    /// Waits for its turn: one sync of a replica runs at a time.
    ///
    /// - Throws: `syncRunning` when the time to wait is up.
    func syncLock(_ options: SyncOptions) async throws -> FolderLock {
        var waited: Duration = .zero
        while true {
            if let lock = try FolderLock.hold(files.lock) { return lock }
            guard waited < options.lockTimeout else {
                throw ReplicaError(
                    .syncRunning,
                    "another sync of \(folder) is running",
                    nextStep: "wait for it; recording goes on meanwhile"
                )
            }
            try await environment.sleep(Self.lockPause)
            waited += Self.lockPause
        }
    }

    private static let lockPause: Duration = .milliseconds(100)

    /// One sync, alone on this replica.
    ///
    /// - Parameters:
    ///   - transport: what carries requests.
    ///   - options: retries, and how long to wait for another sync.
    ///   - received: entries that have come before it began.
    ///   - report: called with each step.
    /// - Returns: what it did; what kept pending events from being sent, when all that the server has was received.
    /// - Throws: `syncRunning` when somebody else syncs the replica, and what stops a sync.
    func synchronize(
        over transport: any Transport,
        options: SyncOptions,
        beginningWith received: ReceivedEntries? = nil,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) async throws -> (summary: SyncSummary, unsent: ReplicaError?) {
        let lock = try await syncLock(options)
        defer { withExtendedLifetime(lock) {} }
        var engine = try SyncEngine(
            files: files,
            store: store,
            stateFile: stateFile,
            transport: transport,
            environment: environment,
            options: options,
            report: report
        )
        engine.received = received
        return try await engine.run()
    }
}
