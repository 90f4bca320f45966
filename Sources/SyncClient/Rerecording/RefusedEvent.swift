public import AgendaModel

/// An event that the server refused.
///
/// Its identity is spent: corrected, or recorded again, it is a new event.
public struct RefusedEvent: Hashable, Sendable {
    /// The device's counter.
    public var id: Int
    /// The event's line.
    public var line: String
    /// The problem's name, such as `unknown-reference`.
    public var problem: String
    /// What was wrong and what to do next, in the server's words.
    public var detail: String
    /// The event's type, `<kind>.<verb>`; empty when the line cannot be read.
    public var type: String
    /// What it was about; of a creating event, what it would have created.
    public var subject: String
    /// What the device's clock said when it was recorded; nil when the line cannot be read.
    public var time: Timestamp?
    /// Later events that mention the subject that it would have created, and cannot be accepted as they are.
    public var dependents: [Dependent]

    /// An event that rests on one that was refused.
    public struct Dependent: Hashable, Sendable {
        /// The device's counter.
        public var id: Int
        /// Whether it still waits to be sent; otherwise it was refused itself.
        public var isPending: Bool
    }
}

/// What was recorded in the places of refused events.
public struct SecondRecording: Hashable, Sendable {
    /// The new events, in the order of their counters.
    public var events: [Event] = []
    /// The refused events that stay, because they would be refused again.
    public var kept: [Kept] = []

    /// A new event in the place of another.
    public struct Event: Hashable, Sendable {
        /// The counter of the event that it replaces.
        public var replaced: Int
        /// Whether that one had been refused; otherwise it was pending, and would have been refused because of another.
        public var wasRefused: Bool
        /// The new event.
        public var event: RecordedEvent
    }

    /// An event that stays refused.
    public struct Kept: Hashable, Sendable {
        /// The device's counter.
        public var id: Int
        /// Why it would be refused again.
        public var error: ReplicaError
    }
}

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

    /// Makes a correction.
    public init(type: String? = nil, subject: String? = nil, data: JSONValue = .object([])) {
        self.type = type
        self.subject = subject
        self.data = data
    }
}
