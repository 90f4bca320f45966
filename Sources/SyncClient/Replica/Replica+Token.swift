internal import EventLogSQLite
internal import Files
public import LogClient
internal import SyncProtocol

extension Replica {
    /// Replaces this laptop's token, after which the former one opens nothing any more.
    ///
    /// The server gives another token, which is good beside the present one. It is stored durably in its place. Then the
    /// server ends all others. Interrupted anywhere, the replica goes on with a token that is good, and
    /// can be asked to do it again.
    ///
    /// - Parameter transport: what carries requests; nil = HTTP.
    /// - Throws: `ReplicaError`: `syncRunning` while a sync uses the present token, or why the server was not reached or
    ///   refused.
    public func renewToken(over transport: (any Transport)? = nil) async throws(ReplicaError) {
        do {
            try await renewToken(over: transport) { [files] token in
                try files.keep(token: token)
            }
        } catch {
            throw ReplicaError(wrapping: error, doing: "renewing the token")
        }
    }

    func renewToken(
        over transport: (any Transport)?,
        storing store: @Sendable (String) throws -> Void
    ) async throws {
        guard let lock = try FolderLock.hold(files.lock) else {
            throw ReplicaError(
                .syncRunning,
                "a sync of \(folder) is running, and uses the token",
                nextStep: "try again when it is done"
            )
        }
        defer { withExtendedLifetime(lock) {} }
        let answer = try await asking(over: transport, token: try files.readToken()) { server in
            try await server.ask("POST", "/token", status: 201, for: TokenAnswer.self)
        }
        guard answer.isSound else {
            throw ReplicaError(LogClientError.foreign("the token that it gives is none"))
        }
        try performing("storing the new token") { try store(answer.token) }
        // Only a token that is certainly stored may end the one before it.
        do {
            try await asking(over: transport, token: answer.token) { try await $0.send("DELETE", "/token") }
        } catch var error as ReplicaError {
            error.message = "the new token is stored and used; the former one may still be good: \(error.message)"
            error.nextStep = "run ambit token renew again, to end it"
            throw error
        }
    }
}

extension TokenAnswer {
    /// Whether it can be part of a request, and of a file of one line.
    var isSound: Bool { EnrolmentAnswer.isSound(token: token) }
}
