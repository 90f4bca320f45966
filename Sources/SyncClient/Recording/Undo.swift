internal import AgendaModel
internal import EventLogSQLite

/// Events that can be taken back, because they have never left this laptop.
public struct Undo: Hashable, Sendable {
    /// What was asked for.
    public var asked: [PendingEvent]
    /// Later events that rest on what those create, and go with them.
    public var dependents: [PendingEvent]

    /// All of them, in the order of recording.
    public var events: [PendingEvent] { (asked + dependents).sorted { $0.id < $1.id } }
}

/// What taking back has done.
public struct Undone: Sendable {
    /// The refused events, by counter, that had been re-recorded and are refused ones again.
    public let refusedAgain: [Int]
    /// The events, by counter, that had followed those under another name, and wait again as they were.
    public let pendingAgain: [Int]
    let taken: Outbox.TakenBack

    init(_ taken: Outbox.TakenBack) {
        self.taken = taken
        pendingAgain = taken.givenBack.filter { $0.state == .pending }.map(\.counter.rawValue)
        refusedAgain = taken.givenBack.filter { $0.state != .pending }.map(\.counter.rawValue)
    }
}
