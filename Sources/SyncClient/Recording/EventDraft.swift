internal import AgendaModel

/// An event before it has its identity.
struct EventDraft {
    var type: String
    /// nil: a creating event that takes its own.
    var subject: String?
    var data: JSONValue
    /// When it happened; nil = now.
    var time: Timestamp?
    /// What its author had seen; nil = what is folded here now.
    var basis: LogSize?
}
