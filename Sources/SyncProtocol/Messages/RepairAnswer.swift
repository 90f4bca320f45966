/// The answer to `POST /v1/agendas/<name>/heal`.
public struct RepairAnswer: Codable, Hashable, Sendable {
    /// The number of entries in the log.
    public var size: Int
    /// The log's latest checkpoint; empty when the log is.
    public var checkpoint: String

    /// Makes an answer.
    public init(size: Int, checkpoint: String) {
        self.size = size
        self.checkpoint = checkpoint
    }
}
