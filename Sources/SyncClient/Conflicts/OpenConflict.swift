public import AgendaModel

/// A field with several values, whose authors had not seen each other's.
public struct OpenConflict: Hashable, Sendable {
    /// Whose field it is: `<kind>/<id>`.
    public var subject: String
    /// RFC 6901 pointer of the field in the subject's document.
    public var path: String
    /// The values that there are; the first one is shown in the document.
    ///
    /// The others follow by decreasing (time, source, id), where time is min(device's clock, recorded time).
    public var values: [Value]
    /// Eight hexadecimal digits that stand for these values in this order.
    ///
    /// With another mark, the conflict is no longer the one that somebody has looked at.
    public var mark: String

    /// One of the values: who wrote it, when, and what its author knew.
    public struct Value: Hashable, Sendable {
        /// Its place among the values, from 1.
        public var number: Int
        /// Text of JSON in JCS form; nil = absent, or erased.
        public var value: String?
        /// Whether it is not known any more what it was: the entry was erased.
        public var isErased: Bool
        /// Who recorded it.
        public var source: EventSource
        /// The device's counter.
        public var id: Int
        /// Where it stands in the log; nil when it has not been sent yet.
        public var position: Int?
        /// What the device's clock said when it was recorded.
        public var deviceTime: Timestamp
        /// When the server recorded it; nil when it has not been sent yet.
        public var recordedTime: Timestamp?
        /// How many entries of the log its author had seen.
        public var basis: Int
        /// The numbers of the other values: none of them was known to its author.
        public var unseen: [Int]
        /// What the device is called; nil when that is not known.
        public var deviceName: String?
        /// Whose device it is; nil for the server and when it is not known.
        public var member: MemberID?
        /// That person's name; nil when it is not known.
        public var memberName: String?

        /// What the values are ordered by: min(device's clock, recorded time).
        public var time: Timestamp { recordedTime.map { min($0, deviceTime) } ?? deviceTime }
    }
}
