/// The attributes of an event or entry that was read.
///
/// Ranges are byte offsets into the line. The strings that they cover have no escapes: their grammars allow none.
public struct EventAttributes: Hashable, Sendable {
    /// The `id`: the device's own count.
    public var counter: Counter
    /// `device/<id>` or `server`.
    public var source: Range<Int>
    /// `<kind>.<verb>`.
    public var type: Range<Int>
    /// `<kind>/<id>`.
    public var subject: Range<Int>
    /// What the device's clock said.
    public var time: Timestamp
    /// How many entries of the log the device had applied when it recorded the event.
    public var basis: LogSize
    /// From its opening to its closing brace; empty in a tombstone.
    public var data: Range<Int>
    /// Whether there is a `salt`, in its right form.
    public var hasSalt: Bool
    /// Present exactly in entries.
    public var recordedTime: Timestamp?
    /// Present exactly in what is left of entries that were erased.
    public var tombstone: Tombstone?

    /// The event's own time, but never later than its arrival.
    ///
    /// It decides which of several heads is shown.
    public var orderingTime: Timestamp { recordedTime.map { min($0, time) } ?? time }
}

/// One leaf of the data of the event that was read last.
struct EventLeaf {
    enum Kind: UInt8 {
        case null, boolean, integer, number, string, array
        /// There was a value, or `null`, until the entry was erased.
        case erased
    }

    /// The RFC 6901 pointer without its first `/`, escaped; in the line or in the reader's scratch.
    var pathStart: Int32
    var pathEnd: Int32
    /// The RFC 8785 form; in the line or in the reader's scratch.
    var valueStart: Int32
    var valueEnd: Int32
    /// `ByteHash` of the path.
    var pathHash: UInt64
    var kind: Kind
    var pathIsInScratch: Bool
    var valueIsInScratch: Bool
}
