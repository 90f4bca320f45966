internal import AgendaModel
internal import EventLog

/// What a line of an import that is an event, or an entry of a log, says besides what is recorded anew of it.
struct FormerEvent {
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

extension FormerEvent {
    /// What an event is known by in a log.
    struct Identity: Hashable {
        var source: String
        var id: String
    }

    var identity: Identity { Identity(source: source, id: id) }
}

extension ImportFile.Line {
    /// Reads a line that has a `specversion`.
    ///
    /// Type, data, time and, unless the event created it, the subject are what is recorded anew.
    ///
    /// - Throws: `invalidImport`.
    init(number: Int, event members: [JSONValue.Member], _ slice: ArraySlice<UInt8>) throws(ReplicaError) {
        let event = JSONValue.object(members)
        func text(_ name: String) throws(ReplicaError) -> String {
            guard let text = event[name]?.text else { throw ImportFile.problem("\(name): must be a string") }
            return text
        }
        let isErased = event["data"] == nil && event["erased"] != nil
        guard let data = isErased ? .object([]) : event["data"] else { throw ImportFile.problem("data: is missing") }
        guard case .number(let digits) = event["basis"], let basis = Int(digits), basis >= 0 else {
            throw ImportFile.problem("basis: must be a whole number")
        }
        let (type, subject, source) = (try text("type"), try text("subject"), try text("source"))
        let id = try text("id")
        // The clock that it comes from may have been fast, and the event is what it is.
        let time = try ImportFile.time(text("time"))
        let createsSubject = SubjectRenaming.kindCreated(by: type) != nil
        let isAboutItself = Catalogue.current.type(named: type)?.writers.subjectItself ?? false
        let (line, isEntry) = Self.withoutRecordedTime(slice)
        self.init(
            number: number,
            draft: EventDraft(type: type, subject: createsSubject ? nil : subject, data: data, time: time),
            former: FormerEvent(
                source: source,
                id: id,
                basis: LogSize(basis),
                created: createsSubject ? subject : nil,
                line: line,
                isEntry: isEntry,
                isUnrepeatable: source == "server" || isAboutItself,
                isErased: isErased
            )
        )
    }

    private static func withoutRecordedTime(_ slice: ArraySlice<UInt8>) -> (event: [UInt8], isEntry: Bool) {
        // Files that were edited may have \r before \n.
        let length = slice.lastIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }.map { $0 + 1 } ?? slice.endIndex
        return slice[..<length].withUnsafeBufferPointer { line in
            EntrySuffix.recordedTime(of: line) == nil ? (Array(line), false) : (EntrySuffix.event(of: line), true)
        }
    }
}

/// Which events of a file are in a log already, and how far both tell the same history.
struct KnownEvents {
    private var lines: Set<[UInt8]> = []
    /// Below it the log is certainly the one that the file's events were recorded for.
    ///
    /// Entries show it: up to the last of those at the beginning of the file that the log has. Events that no log had
    /// added to were recorded for this one.
    private(set) var common: LogSize

    /// Reads the log, if there is anything to look for in it.
    ///
    /// - Throws: `LogError`.
    init(of file: ImportFile, in log: any LogReader) throws {
        let size = try log.head().size
        let former = file.lines.compactMap(\.former)
        common = former.first?.isEntry == true ? .zero : size
        guard let first = former.first, size > .zero else { return }
        let sought = Set(former.map(\.line))
        let identities = Dictionary(grouping: former, by: \.identity)
        var position = Position(0)
        // How many of the file's first events have been found in the log, and where the first of them stands.
        var (found, start) = (0, Position(0))
        try log.forEachBlock(in: position..<size.next) { _, _, entries in
            Lines.forEach(in: entries) { range in
                defer { position = Position(position.rawValue + 1) }
                let entry = UnsafeBufferPointer(rebasing: entries[range])
                var event = EntrySuffix.event(of: entry)
                if ErasedEntry.leaf(of: entry) != nil, let whole = Self.whole(of: entry, in: identities) {
                    event = whole
                }
                guard sought.contains(event) else { return }
                lines.insert(event)
                if found == 0 { start = position }
                // A file that begins as the log does has all of it, until it is another one.
                guard first.isEntry, found < former.count, former[found].line == event,
                    start > Position(0) || position.rawValue == found
                else { return }
                found += 1
                common = LogSize(position.rawValue + 1)
            }
        }
    }

    /// The event that an erased entry was: a file from before still has it, and it is not to be recorded anew.
    private static func whole(
        of tombstone: UnsafeBufferPointer<UInt8>,
        in events: [FormerEvent.Identity: [FormerEvent]]
    ) -> [UInt8]? {
        var reader = EventReader()
        guard let attributes = try? reader.read(tombstone, as: .entry) else { return nil }
        let identity = FormerEvent.Identity(
            source: String(decoding: tombstone[attributes.source], as: UTF8.self),
            id: String(attributes.counter.rawValue)
        )
        return events[identity]?.first { event in
            event.line.withUnsafeBufferPointer { EntrySuffix.isEntry(tombstone, of: $0) }
        }?.line
    }

    /// Takes note of an event.
    ///
    /// - Returns: whether it is in the log, or was there before.
    mutating func meet(_ event: FormerEvent) -> Bool { !lines.insert(event.line).inserted }
}
