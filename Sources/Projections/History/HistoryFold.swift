package import AgendaModel
internal import EventLog
internal import GRDB

/// Folds entries in order, and tells of those that are asked for what they changed.
package struct HistoryFold {
    /// The state after the entries so far; of the subject alone for the history of one.
    package private(set) var state = State()
    private var reader = EventReader()
    private var unseen: UnseenEntries
    /// Known as long as no entry says anything else of members and devices.
    private var authors: [EventSource: Author] = [:]
    /// Whether all entries are folded that say something of members and devices, in their order.
    private var keepsAuthors = true
    /// Gives what was shown of subjects that the state does not hold; nil when it holds all.
    private var lookup: Lookup?
    /// Gives the registers of subjects that the state does not hold yet.
    private var load: State.Load?
    private let tellsTitles: Bool

    /// Gives the value that was shown at a path of a subject's document at a size, as JSON; nil when there was none.
    typealias Lookup = (_ subject: String, _ path: String, _ size: LogSize) throws -> [UInt8]?

    /// For all entries of a log, from its first one on.
    ///
    /// - Parameter tellsTitles: whether events are told with what subjects are called, which takes time.
    package init(tellsTitles: Bool = true) {
        self.tellsTitles = tellsTitles
        unseen = UnseenEntries(isOfSubject: false)
        lookup = nil
        load = nil
    }

    /// Lets go of the state, which somebody else keeps from now on.
    mutating func forget() { state = State() }

    /// Folds an entry into a state that somebody else keeps, and tells of it.
    ///
    /// - Parameters:
    ///   - entry: its bytes, without a newline.
    ///   - state: of the entries before, as far as the file does not hold them; always of one file.
    ///   - db: the file, in which subjects lie that the state does not hold.
    /// - Returns: the event, and what the entry says of itself.
    /// - Throws: `EventProblem` for bytes that are no entry; what reading the file throws.
    mutating func fold(
        _ entry: UnsafeBufferPointer<UInt8>,
        into state: inout State,
        in db: Database
    ) throws -> (event: HistoryEvent?, attributes: EventAttributes) {
        if load == nil {
            lookup = { subject, path, _ in
                try SubjectRow.registers(of: subject, db).first { $0.path == path }?.heads.first?.value
            }
            load = SubjectLoader(db).load
        }
        swap(&self.state, &state)
        defer { swap(&self.state, &state) }
        return try told(entry, at: self.state.size.next, HistoryFilter())
    }

    /// For all entries of a log from a size on.
    ///
    /// - Parameters:
    ///   - size: how many entries are not folded.
    ///   - past: gives what they made of the subjects that the others are about.
    init(from size: LogSize, _ past: PastSubjects) {
        tellsTitles = true
        state = State(at: size)
        unseen = UnseenEntries(isOfSubject: false)
        lookup = { subject, path, _ in try past.value(of: subject, at: path, size: size) }
        load = { try past.encoded(of: $0, at: size) }
    }

    /// Takes note of an entry that is not folded: somebody may not have seen it.
    ///
    /// To be called in order, from the earliest basis on that an event which is told of has.
    mutating func noteUnfolded(_ entry: UnsafeBufferPointer<UInt8>, at position: Position) throws {
        note(try reader.read(entry, as: .entry), entry, at: position)
    }

    /// For all entries about one subject.
    ///
    /// - Parameter lookup: what all other subjects are called.
    init(ofSubjectBeside lookup: @escaping Naming.Lookup) {
        tellsTitles = true
        unseen = UnseenEntries(isOfSubject: true)
        self.lookup = { subject, path, _ in try lookup(subject, path) }
        load = nil
    }

    /// For all entries about some subjects, told as if all of the log were folded.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - past: what all other subjects were called.
    init(ofSubjectsIn log: any LogStore, _ past: PastSubjects) {
        tellsTitles = true
        unseen = UnseenEntries(of: log)
        lookup = { try past.shown(of: $0, at: $1, size: $2) }
        load = nil
        keepsAuthors = false
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
        try told(entry, at: position, filter).event
    }

    private mutating func told(
        _ entry: UnsafeBufferPointer<UInt8>,
        at position: Position,
        _ filter: HistoryFilter?
    ) throws -> (event: HistoryEvent?, attributes: EventAttributes) {
        state.pass(to: LogSize(before: position))
        func text(_ range: Range<Int>) -> String { String(decoding: entry[range], as: UTF8.self) }
        guard let filter else {
            let attributes = try state.fold(entry: entry, load: load)
            note(attributes, entry, at: position)
            return (nil, attributes)
        }
        let attributes = try reader.read(entry, as: .entry)
        let source = EventSource(unchecked: text(attributes.source))
        guard filter.mayFit(attributes, entry),
            try filter.authors.isEmpty || filter.fits(try author(of: source))
        else {
            try state.fold(entry: entry, load: load)
            note(attributes, entry, at: position)
            return (nil, attributes)
        }
        let subject = text(attributes.subject)
        if !state.contains(subject), let encoded = try load?(subject) { try state.load(encoded, of: subject) }
        var leaves: [(path: String, value: FieldValue)] = []
        reader.forEachLeaf(in: entry) { path, value in
            leaves.append((path, attributes.tombstone == nil ? FieldValue(value.map(Array.init)) : .erased))
        }
        let before = leaves.map { state.register(of: subject, at: $0.path) }
        let missed = try unseen.count(
            before: position,
            basis: attributes.basis,
            source: source,
            counter: attributes.counter
        )
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
        let event = HistoryEvent(
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
            titles: tellsTitles ? try naming.titles(for: subject, changes) : [:]
        )
        return (event, attributes)
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
        if keepsAuthors { authors[source] = author }
        return author
    }

    /// What subjects are called at this moment.
    ///
    /// In the history of one subject, only this one is called as at this moment.
    private func naming(of subject: String?) -> Naming {
        guard let lookup else { return Naming(state) }
        let state = state
        let isOfSubject = unseen.isOfSubject
        return Naming { name, path in
            let isHeld = isOfSubject ? name == subject : state.contains(name)
            return isHeld ? state.register(of: name, at: path)?.heads[0].value : try lookup(name, path, state.size)
        }
    }
}
