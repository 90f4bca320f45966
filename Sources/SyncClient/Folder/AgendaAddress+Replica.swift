internal import LogClient

extension AgendaAddress {
    /// The address that somebody gave for a replica.
    ///
    /// - Throws: `ReplicaError` with code `invalidAddress`, or `insecure` when an invite may not be sent there.
    init(given text: String, _ options: SyncOptions) throws(ReplicaError) {
        do {
            try self.init(text)
            try log.check(mayCarry: "the invite", allowsCleartext: options.allowsCleartext)
        } catch {
            throw ReplicaError(error)
        }
    }

    /// The address that is kept of a replica.
    ///
    /// - Throws: `ReplicaError` with code `invalidAddress`.
    init(kept text: String) throws(ReplicaError) {
        do {
            try self.init(text)
        } catch {
            throw ReplicaError(error)
        }
    }
}
