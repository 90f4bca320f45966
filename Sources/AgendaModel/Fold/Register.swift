/// A leaf of a subject's document with every write that is still a head: what CRDTs call a multi-value register.
public struct Register: Hashable, Sendable {
    /// RFC 6901 pointer from the document to the leaf.
    public var path: String
    /// The head that is shown comes first, the others by decreasing (min(time, recordedtime), source, id).
    public var heads: [Head]

    /// A register with at least one head, in the order of `heads`.
    public init(path: String, heads: [Head]) {
        self.path = path
        self.heads = heads
    }

    /// Whether there is more than one head, and not all have the same value.
    public var isConflict: Bool { heads.contains { $0.value != heads[0].value } }
}

/// A write that no later author had seen.
public struct Head: Hashable, Sendable {
    /// Where the event stands in the log.
    public var position: Position
    /// The device that recorded the event, or the server.
    public var source: EventSource
    /// The event's `id`.
    public var counter: Counter
    /// The earlier of the event's time and its recorded time; its own time while it is not in the log.
    public var time: Timestamp
    /// JCS bytes; nil = absent (the patch said null), or erased.
    public var value: [UInt8]?
    /// Whether the entry was erased, so that nobody knows any more what it wrote.
    ///
    /// The value counts as absent.
    public var isErased: Bool

    /// A write as the fold keeps it.
    public init(
        position: Position,
        source: EventSource,
        counter: Counter,
        time: Timestamp,
        value: [UInt8]?,
        isErased: Bool = false
    ) {
        self.position = position
        self.source = source
        self.counter = counter
        self.time = time
        self.value = value
        self.isErased = isErased
    }
}

/// A register whose heads do not agree.
public struct Conflict: Hashable, Sendable {
    /// `<kind>/<id>`, whose document it is.
    public var subject: String
    /// The leaf, with all its heads.
    public var register: Register

    /// A register in conflict, and whose it is.
    public init(subject: String, register: Register) {
        self.subject = subject
        self.register = register
    }
}
