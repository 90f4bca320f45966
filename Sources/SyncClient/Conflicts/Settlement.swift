/// What was recorded to settle conflicts of a subject.
public struct Settlement: Hashable, Sendable {
    /// Whose conflicts they were: `<kind>/<id>`.
    public var subject: String
    /// The fields with the values that they have now, in the order in which they were asked for.
    public var fields: [Field]
    /// The events, durably in the outbox.
    public var events: [RecordedEvent]

    /// A field that was settled.
    public struct Field: Hashable, Sendable {
        /// RFC 6901 pointer of the field.
        public var path: String
        /// Text of JSON in compact form; nil = absent.
        public var value: String?
    }
}
