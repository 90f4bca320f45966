/// The first line of the body of `POST /v1/agendas/<name>/heal`; the entries follow, one per line.
public struct RepairHeader: Codable, Hashable, Sendable {
    /// How many entries come before those that follow.
    public var after: Int
    /// A checkpoint by the log's own key, for the entries' end or beyond.
    public var checkpoint: String
    /// The consistency proof from the entries' end to the checkpoint, in base64; nil when they are the same.
    public var proof: [String]?
    /// The redactions beyond the entries by which some of them were erased.
    public var redactions: [Redaction]?

    /// A redaction further on in the log, with what shows that it is there.
    public struct Redaction: Codable, Hashable, Sendable {
        /// The position of the redaction in the log.
        public var position: Int
        /// The redaction's entry, as its line in the log.
        public var entry: String
        /// The roots of the full subtrees of the tree in front of it, largest first, in base64.
        public var edge: [String]
        /// The consistency proof from the tree that ends with it to the checkpoint, in base64.
        public var proof: [String]

        /// A redaction as whoever gives entries back has it.
        public init(position: Int, entry: String, edge: [String], proof: [String]) {
            self.position = position
            self.entry = entry
            self.edge = edge
            self.proof = proof
        }
    }

    /// What whoever gives entries back says of them.
    public init(after: Int, checkpoint: String, proof: [String]? = nil, redactions: [Redaction]? = nil) {
        self.redactions = redactions
        self.after = after
        self.checkpoint = checkpoint
        self.proof = proof
    }
}
