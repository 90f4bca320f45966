extension Replica {
    /// Records an event: checks it completely, and stores it durably in the outbox.
    ///
    /// - Parameters:
    ///   - type: `<kind>.<verb>`
    ///   - subject: what it is about, short forms included; nil for a creating event, which takes its own.
    ///   - data: a JSON object: the merge patch of the subject's document.
    /// - Throws: `ReplicaError`: `invalidEvent`, `unknownSubject`, `ambiguousSubject`, `notAllowed`, or one about files.
    @discardableResult
    public func record(type: String, subject: String? = nil, data: JSONValue) throws(ReplicaError) -> RecordedEvent {
        fatalError("skeleton")
    }

    /// Records an event whose data is given as JSON text.
    ///
    /// - Throws: as `record(type:subject:data:)` with a value; text that is not JSON is `invalidEvent`.
    @discardableResult
    public func record(type: String, subject: String? = nil, data: String) throws(ReplicaError) -> RecordedEvent {
        try record(type: type, subject: subject, data: JSONValue(parsing: data))
    }

    /// Records many events, or, when a line cannot be recorded, none of them.
    ///
    /// The input is NDJSON. Each line is an object with
    ///
    /// - `type`: the event's type;
    /// - `data`: its data;
    /// - `subject`: what it is about; absent in creating events of kinds without given names;
    /// - `as`: optional, in creating events: a local name, 1 to 64 characters of a-z, 0-9, `-` and `_`, by which later
    ///   lines may refer to the subject;
    /// - `time`: optional: when it happened, instead of now; not in the future.
    ///
    /// `$<local name>` stands for the subject of the line that defined it: as `subject`, and in `data` wherever the
    /// catalogue has a reference, as a value or as a map's key. Empty lines are skipped.
    ///
    /// - Throws: `ReplicaError` with code `invalidImport` and the line's number, or one about files.
    @discardableResult
    public func importEvents(_ ndjson: [UInt8]) throws(ReplicaError) -> ImportSummary {
        fatalError("skeleton")
    }
}
