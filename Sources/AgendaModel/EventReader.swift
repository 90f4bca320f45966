/// The attributes of an event or entry that was read. Ranges are byte offsets into the line; the strings that they
/// cover have no escapes, because their grammars allow none.
public struct EventAttributes: Sendable {
    public var counter: Counter
    /// `device/<id>` or `server`.
    public var source: Range<Int>
    public var type: Range<Int>
    public var subject: Range<Int>
    public var time: Timestamp
    public var basis: LogSize
    /// From its opening to its closing brace.
    public var data: Range<Int>
    public var hasSalt: Bool
    /// Present exactly in entries.
    public var recordedTime: Timestamp?
}

/// Reads event lines straight from their bytes. Keeps its working memory between lines: make one per task, reuse it.
public struct EventReader: Sendable {
    public enum Form: Sendable {
        /// A device's line: no `recordedtime`.
        case event
        /// A log entry: `recordedtime` is the last attribute, in its fixed form.
        case entry
    }

    public init() { fatalError("skeleton") }

    /// Reads one line, without its newline. Checks everything that can be said of an event without its catalogue.
    public mutating func read(
        _ line: UnsafeBufferPointer<UInt8>,
        as form: Form
    ) throws(EventProblem) -> EventAttributes {
        fatalError("skeleton")
    }

    /// Checks the event read last against the catalogue: type, fields, required, forms, salt, identity of a creating
    /// event, patch of a given kind. Fills `references`.
    public mutating func validate(
        _ attributes: EventAttributes,
        in line: UnsafeBufferPointer<UInt8>,
        against catalogue: Catalogue = .current
    ) throws(EventProblem) -> Catalogue.EventType {
        fatalError("skeleton")
    }

    /// The subjects that the event validated last refers to (its own subject not among them).
    public private(set) var references: [String] = []
}
