package import AgendaModel

/// Which events of a history are wanted.
package struct HistoryFilter: Hashable, Sendable {
    /// `<kind>/<id>`; nil = all.
    package var subject: String?
    /// `<kind>.<verb>`; nil = all.
    package var type: String?
    /// Whose: see `Author.answers`; nil = everybody's.
    package var by: String?

    package init(subject: String? = nil, type: String? = nil, by: String? = nil) {
        self.subject = subject
        self.type = type
        self.by = by
    }

    /// Whether an entry fits as far as its own attributes say.
    package func mayFit(_ attributes: EventAttributes, _ entry: UnsafeBufferPointer<UInt8>) -> Bool {
        func holds(_ wanted: String?, _ range: Range<Int>) -> Bool {
            guard let wanted else { return true }
            return entry[range].elementsEqual(wanted.utf8)
        }
        return holds(subject, attributes.subject) && holds(type, attributes.type)
    }
}
