/// The answer to `POST /v1/agendas/<name>/heal`.
public struct RepairAnswer: Codable, Hashable, Sendable {
    /// How many entries the log has, those that were given back included.
    public var size: Int
    /// The log's latest checkpoint; empty when the log is.
    public var checkpoint: String

    /// What a server answers once the entries are committed.
    public init(size: Int, checkpoint: String) {
        self.size = size
        self.checkpoint = checkpoint
    }
}
