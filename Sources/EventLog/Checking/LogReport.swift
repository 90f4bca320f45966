package import AgendaModel

/// What a log that was checked holds.
package struct LogReport: Sendable {
    package var identity: LogIdentity
    package var size: LogSize
    package var root: Hash
    /// How many stored checkpoints were held against the entries.
    package var checkpoints = 0
    /// The last one's note; nil for an empty log.
    package var note: String?
    /// How many sources its entries have.
    package var sources = 0
    /// How many entries have been erased, each justified by a redaction.
    package var erased = 0
    /// How many entries a redaction is about that still hold their data.
    package var kept = 0
    /// Whether it is a laptop's replica.
    package var isReplica: Bool
    /// Segments that a replica has received and that do not count yet.
    package var staged = 0
    /// Events of a replica that are not in its log.
    package var outbox = 0

    package init(identity: LogIdentity, size: LogSize, root: Hash, isReplica: Bool) {
        self.identity = identity
        self.size = size
        self.root = root
        self.isReplica = isReplica
    }
}
