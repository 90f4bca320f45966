package import AgendaModel

/// Which events of a history are wanted.
package struct HistoryFilter: Hashable, Sendable {
    /// `<kind>/<id>`; none = all.
    package var subjects: Set<String>
    /// `<kind>.<verb>`; none = all.
    package var types: Set<String>
    /// The members or sources whose events are wanted; none = everybody's.
    package var authors: Set<String>
    /// The types whose events are not wanted.
    package var withoutTypes: Set<String> = []

    package init(subjects: Set<String> = [], types: Set<String> = [], authors: Set<String> = []) {
        self.subjects = subjects
        self.types = types
        self.authors = authors
    }

    /// Whether an entry fits as far as its own attributes say.
    package func mayFit(_ attributes: EventAttributes, _ entry: UnsafeBufferPointer<UInt8>) -> Bool {
        func holds(_ wanted: Set<String>, _ range: Range<Int>) -> Bool {
            wanted.isEmpty || wanted.contains { entry[range].elementsEqual($0.utf8) }
        }
        return holds(subjects, attributes.subject) && holds(types, attributes.type)
            && !withoutTypes.contains { entry[attributes.type].elementsEqual($0.utf8) }
    }

    /// Whether an author is one of those whose events are wanted.
    package func fits(_ author: Author) -> Bool {
        authors.contains(author.source.rawValue) || author.member.map { authors.contains($0.rawValue) } ?? false
    }
}
