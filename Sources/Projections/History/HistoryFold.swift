package import AgendaModel

/// Folds entries in order, and tells of those that are asked for what they changed.
package struct HistoryFold {
    /// The state after the entries so far; of the subject alone for the history of one.
    package private(set) var state = State()
    private var reader = EventReader()
    private var unseen: UnseenEntries
    /// Known as long as no entry says anything else of members and devices.
    private var authors: [EventSource: Author] = [:]
    /// Gives the names of subjects that the state does not hold; nil when it holds all.
    private let lookup: Naming.Lookup?

    /// For all entries of a log, from its first one on.
    package init() {
        unseen = UnseenEntries(isOfSubject: false)
        lookup = nil
    }

    /// For all entries about one subject.
    ///
    /// - Parameter lookup: what all other subjects are called.
    init(ofSubjectBeside lookup: @escaping Naming.Lookup) {
        unseen = UnseenEntries(isOfSubject: true)
        self.lookup = lookup
    }

    /// Folds an entry, and tells of it when it fits.
    ///
    /// - Parameters:
    ///   - entry: its bytes, without a newline.
    ///   - position: where it stands; for all entries of a log the state's size.
    ///   - filter: what is wanted; nil = nothing, the entry is only folded.
    /// - Returns: the event; nil when it was not wanted.
    /// - Throws: `EventProblem` for bytes that are no entry.
    package mutating func fold(
        _ entry: UnsafeBufferPointer<UInt8>,
        at position: Position,
        telling filter: HistoryFilter?
    ) throws -> HistoryEvent? {
        state.pass(to: LogSize(before: position))
        func text(_ range: Range<Int>) -> String { String(decoding: entry[range], as: UTF8.self) }
        guard let filter else {
            note(try state.fold(entry: entry), entry, at: position)
            return nil
        }
        let attributes = try reader.read(entry, as: .entry)
        let source = EventSource(unchecked: text(attributes.source))
        guard filter.mayFit(attributes, entry),
            try filter.by.map({ try author(of: source).answers(to: $0) }) ?? true
        else {
            try state.fold(entry: entry)
            note(attributes, entry, at: position)
            return nil
        }
        let subject = text(attributes.subject)
        var leaves: [(path: String, value: FieldValue)] = []
        reader.forEachLeaf(in: entry) { path, value in
            leaves.append((path, attributes.tombstone == nil ? FieldValue(value.map(Array.init)) : .erased))
        }
        let before = leaves.map { state.register(of: subject, at: $0.path) }
        let missed = unseen.count(before: position, basis: attributes.basis, source: source)
        try state.fold(entry: entry)
        note(attributes, entry, at: position)
        let naming = naming(of: subject)
        let changes = try zip(leaves, before).map { leaf, before in
            try FieldChange(
                path: leaf.path,
                before: before,
                after: state.register(of: subject, at: leaf.path),
                by: position,
                written: leaf.value,
                naming
            )
        }
        return HistoryEvent(
            position: position,
            counter: attributes.counter,
            type: text(attributes.type),
            subject: subject,
            author: try author(of: source),
            deviceTime: attributes.time,
            recordedTime: attributes.recordedTime ?? attributes.time,
            basis: attributes.basis,
            unseen: missed,
            unseenIsOfSubject: unseen.isOfSubject,
            redaction: attributes.tombstone?.redaction,
            changes: changes,
            titles: try naming.titles(for: subject, changes)
        )
    }

    private mutating func note(
        _ attributes: EventAttributes,
        _ entry: UnsafeBufferPointer<UInt8>,
        at position: Position
    ) {
        unseen.note(position, by: EventSource(unchecked: String(decoding: entry[attributes.source], as: UTF8.self)))
        let subject = entry[attributes.subject]
        if subject.starts(with: DeviceID.prefix.utf8) || subject.starts(with: MemberID.prefix.utf8) {
            authors.removeAll(keepingCapacity: true)
        }
    }

    private mutating func author(of source: EventSource) throws -> Author {
        if let author = authors[source] { return author }
        let author = try naming(of: nil).author(of: source)
        authors[source] = author
        return author
    }

    /// What subjects are called; of this one, which the state of a single subject holds, at this moment.
    private func naming(of subject: String?) -> Naming {
        guard let lookup else { return Naming(state) }
        let state = state
        return Naming { name, path in
            name == subject ? state.register(of: name, at: path)?.heads[0].value : try lookup(name, path)
        }
    }
}
