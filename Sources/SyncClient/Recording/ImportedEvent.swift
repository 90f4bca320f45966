internal import AgendaModel

/// What a line of an import that is an event, or an entry of a log, says besides what is re-recorded of it.
struct ImportedEvent {
    /// Who recorded it: `device/<id>`, or `server`.
    var source: String
    /// Its device's count.
    var id: String
    /// What its author had seen of the log that it was recorded for.
    var basis: LogSize
    /// The subject that it created and that took its name from it; nil for all other events.
    var created: String?
    /// The event's own bytes, without what a log adds.
    var line: [UInt8]
    /// Whether a log had added to it.
    var isEntry: Bool
    /// Whether only the server may record its like, or only the device that it is about.
    var isUnrepeatable: Bool
    /// Whether there is nothing left to record.
    var isErased: Bool
}

extension ImportedEvent {
    /// What an event is known by in a log.
    struct Identity: Hashable {
        var source: String
        var id: String
    }

    var identity: Identity { Identity(source: source, id: id) }
}
