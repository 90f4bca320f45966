internal import AgendaModel

extension ReplicaError {
    /// What gets events to a server whose log has become another one.
    static let rerecording =
        "record anew what only this folder has: ambit export --format ndjson --outbox in it, and ambit import in a new "
        + "clone"

    static let rejoining = "ask an administrator for an invite, and run ambit rejoin --invite CODE"

    /// What stops a replica from going on as another device.
    static func changingDevice(_ cause: ReplicaError) -> ReplicaError {
        var error = cause
        error.message =
            "this folder is a copy of another one, or was put back from a backup, and has to go on as another device: "
            + cause.message
        if [.revoked, .unauthenticated, .notAllowed, .refusedRequest, .notFound, .invalidInvite].contains(cause.code) {
            error.nextStep = "what is recorded here is kept; \(rejoining)"
        }
        return error
    }

    /// An entry that does not get through to here, not even alone: no later one can be verified without it.
    static func notLetThrough(_ cause: ReplicaError, at position: Position) -> ReplicaError {
        var error = cause
        error.message = "the entry at position \(position) does not get through to here: \(cause.message)"
        error.nextStep =
            "sync again, from another network if it stays so; a proxy or a firewall may be in between, and what is recorded is kept"
        return error
    }

    static func serverBehind(serverSize: LogSize?, verifiedSize: LogSize) -> ReplicaError {
        let found = serverSize.map { "has \($0) entries" } ?? "has fewer entries"
        return ReplicaError(
            .serverBehind,
            "the server is behind this laptop: it \(found), and \(verifiedSize) have been verified here; was it restored "
                + "from a backup?",
            nextStep:
                "nothing was changed here and nothing is lost, recording goes on, keep this folder; an admin of the agenda "
                + "gives the server back what it lacks with ambit heal"
        )
    }
}
