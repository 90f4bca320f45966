internal import LogClient

extension AgendaAddress {
    /// The address that somebody gave for a replica.
    ///
    /// - Throws: `ReplicaError` with code `invalidAddress`.
    init(given text: String) throws(ReplicaError) {
        do {
            try self.init(text)
        } catch {
            throw ReplicaError(error)
        }
    }
}
