/// The first line of the body of `POST /agendas/<name>/heal`; the entries follow, one per line.
public struct HealingHeader: Codable, Hashable, Sendable {
    /// How many entries come before those that follow.
    public var after: Int
    /// A checkpoint by the log's own key, for the entries' end or beyond.
    public var checkpoint: String
    /// The consistency proof from the entries' end to the checkpoint, in base64; nil when they are the same.
    public var proof: [String]?

    /// Makes a header.
    public init(after: Int, checkpoint: String, proof: [String]? = nil) {
        self.after = after
        self.checkpoint = checkpoint
        self.proof = proof
    }
}

/// The answer to `POST /agendas/<name>/heal`.
public struct HealingAnswer: Codable, Hashable, Sendable {
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
