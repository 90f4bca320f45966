/// What a witness knows of its logs: the answer to `GET /healthz`.
public struct WitnessHealth: Codable, Hashable, Sendable {
    /// One of its logs.
    public struct Log: Codable, Hashable, Sendable {
        /// The log's origin, as in its checkpoints.
        public var origin: String
        /// How many entries the checkpoint has that was cosigned last; nil when none was.
        public var size: Int?
        /// How many pieces of evidence are kept that the log went back on what it had signed.
        public var evidence: Int
        /// The last visit, of a log that is followed.
        public var visit: Visit?

        /// What a witness knows of one log.
        public init(origin: String, size: Int?, evidence: Int, visit: Visit?) {
            self.origin = origin
            self.size = size
            self.evidence = evidence
            self.visit = visit
        }
    }

    /// A look at a log that is followed.
    public struct Visit: Codable, Hashable, Sendable {
        /// `following`, `waiting` or `refused`.
        public var state: String
        /// What is wrong; nil when nothing is.
        public var because: String?
        /// When the log was visited, RFC 3339 UTC.
        public var time: String

        /// What became of a visit.
        public init(state: String, because: String?, time: String) {
            self.state = state
            self.because = because
            self.time = time
        }
    }

    /// `ok`, or `attention` when there is evidence against a log.
    public var status: String
    /// All logs that the witness cosigns, sorted by origin.
    public var logs: [Log]

    /// The answer for these logs; the status follows from them.
    public init(logs: [Log]) {
        self.logs = logs
        status = logs.allSatisfy { $0.evidence == 0 } ? "ok" : "attention"
    }
}
