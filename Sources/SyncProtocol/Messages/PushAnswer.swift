internal import AgendaModel

/// The answer (200) to a push: a verdict on every one of its events, and the log's new checkpoint.
public struct PushAnswer: Codable, Hashable, Sendable {
    /// The log's size after the push.
    public var size: Int
    /// The signed note of exactly that size; empty when the log is.
    public var checkpoint: String
    /// The recorded time of the log's last commit, RFC 3339 UTC; empty when the log is empty.
    public var recordedtime: String
    /// Events that entered the log by this push.
    public var accepted: [VerdictRun]
    /// Events that were in the log already, with the positions that they have there.
    public var duplicate: [VerdictRun]
    /// Events that were refused; their identities are spent.
    public var rejected: [Rejected]

    /// Events with consecutive counters at consecutive positions.
    public struct VerdictRun: Codable, Hashable, Sendable {
        /// The `id` of the first event.
        public var first: String
        /// The `id` of the last event.
        public var last: String
        /// The position of the first event.
        public var position: Int

        /// A run of at least one event; both ids are counters in decimal digits.
        public init(first: String, last: String, position: Int) {
            self.first = first
            self.last = last
            self.position = position
        }
    }

    /// One event that was refused.
    public struct Rejected: Codable, Hashable, Sendable {
        /// The event's `id`; missing when the line was too broken to say.
        public var id: String?
        /// 1-based line of the push body.
        public var line: Int
        /// Why, and what to do next.
        public var problem: ProblemDetails

        /// The verdict on one line of a push.
        public init(id: String?, line: Int, problem: ProblemDetails) {
            self.id = id
            self.line = line
            self.problem = problem
        }
    }

    /// What a server answers once all that it accepted is committed.
    public init(
        size: Int,
        checkpoint: String,
        recordedtime: String,
        accepted: [VerdictRun],
        duplicate: [VerdictRun],
        rejected: [Rejected]
    ) {
        self.size = size
        self.checkpoint = checkpoint
        self.recordedtime = recordedtime
        self.accepted = accepted
        self.duplicate = duplicate
        self.rejected = rejected
    }
}

extension PushAnswer {
    /// The answer in JSON, written without reflection: this is on the path of every push.
    public func encoded() -> [UInt8] {
        var json = JSONWriter(capacity: 512 + 48 * (accepted.count + duplicate.count) + 256 * rejected.count)
        json.beginObject()
        json.member("size", size)
        json.member("checkpoint", checkpoint)
        json.member("recordedtime", recordedtime)
        json.array("accepted", accepted, Self.write)
        json.array("duplicate", duplicate, Self.write)
        json.array("rejected", rejected) { json, refusal in
            json.beginObject()
            if let id = refusal.id { json.member("id", id) }
            json.member("line", refusal.line)
            json.name("problem")
            refusal.problem.write(to: &json)
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    private static func write(_ json: inout JSONWriter, _ run: VerdictRun) {
        json.beginObject()
        json.member("first", run.first)
        json.member("last", run.last)
        json.member("position", run.position)
        json.endObject()
    }
}
