package import AgendaModel
package import EventLog

extension DatabasePlace {
    /// Puts a backup in the place of the agenda's log, in one transaction, when all of it has been copied and compared.
    ///
    /// The log that was there is kept, and takes nothing any more. Cut off half-way, it can be done again.
    ///
    /// - Parameters:
    ///   - backup: has been checked.
    ///   - key: the log's own.
    ///   - environment: time and randomness.
    ///   - progress: called with how many entries have been copied, and how many there are.
    /// - Throws: `badSignature` when a log with another key goes on here; `corrupt` for a copy that is not the same; what
    ///   the stores throw.
    package func restore(
        _ backup: any LogStore,
        key: LogKey,
        environment: RuntimeEnvironment,
        progress: (_ copied: LogSize, _ size: LogSize) -> Void
    ) async throws {
        try database.prepare()
        if let former = try database.find(name.rawValue), try former.destination() == nil,
            former.identity != backup.identity
        {
            throw LogError(
                .badSignature,
                "\(words) has another log of this name than the backup is of; nothing was changed"
            )
        }
        // What a former attempt has left may be of another backup.
        try database.putAside(arrival, for: "nowhere")
        let arriving = try database.create(arrival, backup.identity)
        let copy = LogCopy(of: backup, into: arriving, key: key, environment: environment)
        try await copy.run(progress)
        try copy.verify()
        try database.rename(arrival, to: name.rawValue, replacing: "a backup in its place")
    }
}
