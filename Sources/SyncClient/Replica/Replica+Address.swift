internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
public import LogClient
internal import SyncProtocol

extension Replica {
    /// Gives the replica another address of its agenda: for a server that has moved.
    ///
    /// A checkpoint is asked for there, with this laptop's token, and nothing else is sent. The address is kept when the
    /// checkpoint is of this replica's log, and signed by the key that was pinned when the replica was made. How much of
    /// the log the server has is for the next sync to look at.
    ///
    /// - Parameters:
    ///   - url: `https://host[:port]/agendas/<name>`.
    ///   - transport: what carries the request there; nil = HTTP.
    ///   - options: how long to wait for a sync that is running, and whether the token may go over http.
    /// - Throws: `ReplicaError`: `badCheckpoint` for another log, `invalidAddress`, `insecure`, `syncRunning`, or why there was no
    ///   checkpoint; then the address is what it was.
    public func changeAddress(
        to url: String,
        over transport: (any Transport)? = nil,
        options: SyncOptions = SyncOptions()
    ) async throws {
        do {
            let address = try AgendaAddress(url)
            try address.log.check(mayCarry: "this laptop's token", allowsCleartext: options.allowsCleartext)
            let lock = try await syncLock(options)
            defer { withExtendedLifetime(lock) {} }
            let token = try files.pendingChange(of: store)?.answer.token ?? files.readToken()
            try await moveLog(to: address, token: token, over: transport)
        } catch {
            throw ReplicaError(wrapping: error, doing: "changing the agenda's address")
        }
    }

    /// Keeps an address at which this replica's log is.
    func moveLog(to address: AgendaAddress, token: String, over transport: (any Transport)?) async throws {
        let unchanged = "the agenda's address was not changed"
        let note: String
        do {
            note = try await overTransport(transport, at: address.text) { transport in
                try await SyncRequests(token: token).readCheckpoint(over: transport, random: environment.random)
            }
        } catch {
            guard let failure = LogClientError(ending: error) else { throw error }
            var error = ReplicaError(failure, verifiedSize: try verifiedSize)
            error.message = "\(unchanged): \(error.message)"
            throw error
        }
        do {
            _ = try store.identity.verifierKey.verify(note)
        } catch {
            throw ReplicaError(
                .badCheckpoint,
                "\(unchanged): this is not the log that this replica was made of: \((error as LogError).message)",
                nextStep: "the token was sent there: unless you trust that server, replace it with ambit token renew"
            )
        }
        try store.setReplicaFacts(["url": address.text, "agenda": address.name.rawValue])
    }
}
