public import AgendaModel

/// An event that the server refused.
///
/// Its identity is spent: corrected, or re-recorded, it is a new event.
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
