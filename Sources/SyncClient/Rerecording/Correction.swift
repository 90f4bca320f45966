public import AgendaModel

/// Changes to a refused event.
public struct Correction: Hashable, Sendable {
    /// Another type; nil = the same.
    public var type: String?
    /// Another subject, short forms included; nil = the same.
    ///
    /// Not for types that create their own.
    public var subject: String?
    /// A merge patch (RFC 7396) of the event's data: what it gives takes the place of what was there, null removes.
    public var data: JSONValue
    /// The data that the patch is merged into; nil = the event's own.
    var former: JSONValue?

    /// A correction that leaves everything as it was, unless told otherwise.
    public init(type: String? = nil, subject: String? = nil, data: JSONValue = .object([])) {
        self.type = type
        self.subject = subject
        self.data = data
    }

    /// A correction that says all of the data, nulls included.
    package init(subject: String?, replacing data: JSONValue) {
        self.init(subject: subject)
        former = data
    }
}
