package import AgendaModel

/// An event of the log, with what it changed and what its author did not know.
package struct HistoryEvent: Hashable, Sendable {
    package var position: Position
    package var counter: Counter
    /// `<kind>.<verb>`.
    package var type: String
    /// `<kind>/<id>`.
    package var subject: String
    package var author: Author
    /// What the device's clock said.
    package var deviceTime: Timestamp
    package var recordedTime: Timestamp
    /// How many entries the author had seen.
    package var basis: LogSize
    /// How many entries of others came before this one that its author had not seen.
    package var unseen: Int
    /// Whether only entries about the subject count in `unseen`.
    package var unseenIsOfSubject: Bool
    /// Where the entry stands that had this one erased; nil for one that is whole.
    package var redaction: Position?
    /// One for each leaf of the event's data, in the order of the line.
    package var changes: [FieldChange]
    /// What the subject, and the subjects that the changes refer to, were called after the event.
    package var titles: [String: String]

    package init(
        position: Position,
        counter: Counter,
        type: String,
        subject: String,
        author: Author,
        deviceTime: Timestamp,
        recordedTime: Timestamp,
        basis: LogSize,
        unseen: Int = 0,
        unseenIsOfSubject: Bool = false,
        redaction: Position? = nil,
        changes: [FieldChange] = [],
        titles: [String: String] = [:]
    ) {
        self.position = position
        self.counter = counter
        self.type = type
        self.subject = subject
        self.author = author
        self.deviceTime = deviceTime
        self.recordedTime = recordedTime
        self.basis = basis
        self.unseen = unseen
        self.unseenIsOfSubject = unseenIsOfSubject
        self.redaction = redaction
        self.changes = changes
        self.titles = titles
    }
}
