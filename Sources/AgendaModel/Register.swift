/// A leaf of a subject's document, with every write that is still a head.
public struct Register: Hashable, Sendable {
    /// RFC 6901 pointer.
    public var path: String
    /// The head that is shown comes first, the others by decreasing (min(time, recordedtime), source, id).
    public var heads: [Head]

    public init(path: String, heads: [Head]) {
        self.path = path
        self.heads = heads
    }

    /// More than one head, not all with the same value.
    public var isConflict: Bool { heads.contains { $0.value != heads[0].value } }
}

/// A write that no later author had seen.
public struct Head: Hashable, Sendable {
    public var position: Position
    public var source: String
    public var counter: Counter
    /// min(time, recordedtime); for an event that is not in the log yet its own time.
    public var time: Timestamp
    /// JCS bytes; nil = absent (the patch said null).
    public var value: [UInt8]?

    public init(position: Position, source: String, counter: Counter, time: Timestamp, value: [UInt8]?) {
        self.position = position
        self.source = source
        self.counter = counter
        self.time = time
        self.value = value
    }
}

/// A register whose heads do not agree.
public struct Conflict: Hashable, Sendable {
    public var subject: String
    public var register: Register

    public init(subject: String, register: Register) {
        self.subject = subject
        self.register = register
    }
}
