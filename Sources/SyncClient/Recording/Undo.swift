/// Events that can be taken back, because they have never left this laptop.
public struct Undo: Hashable, Sendable {
    /// What was asked for.
    public var asked: [PendingEvent]
    /// Later events that rest on what those create, and go with them.
    public var dependents: [PendingEvent]

    /// All of them, in the order of recording.
    public var events: [PendingEvent] { (asked + dependents).sorted { $0.id < $1.id } }
}
