internal import AgendaModel
internal import EventLog

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
        let imported = file.lines.compactMap(\.imported)
        common = imported.first?.isEntry == true ? .zero : size
        guard let first = imported.first, size > .zero else { return }
        let sought = Set(imported.map(\.line))
        let identities = Dictionary(grouping: imported, by: \.identity)
        var position = Position(0)
        // How many of the file's first events have been found in the log, and where the first of them stands.
        var (found, start) = (0, Position(0))
        try log.forEachBlock(in: position..<size.next) { _, _, entries in
            Lines.forEach(in: entries) { range in
                defer { position += 1 }
                let entry = UnsafeBufferPointer(rebasing: entries[range])
                var event = EntrySuffix.event(of: entry)
                if ErasedEntry.leaf(of: entry) != nil, let whole = Self.whole(of: entry, in: identities) {
                    event = whole
                }
                guard sought.contains(event) else { return }
                lines.insert(event)
                if found == 0 { start = position }
                // A file that begins as the log does has all of it, until it is another one.
                guard first.isEntry, found < imported.count, imported[found].line == event,
                    start > Position(0) || position.rawValue == found
                else { return }
                found += 1
                common = LogSize(through: position)
            }
        }
    }

    /// The event that an erased entry was: a file from before still has it, and it is not to be re-recorded.
    private static func whole(
        of tombstone: UnsafeBufferPointer<UInt8>,
        in events: [ImportedEvent.Identity: [ImportedEvent]]
    ) -> [UInt8]? {
        var reader = EventReader()
        guard let attributes = try? reader.read(tombstone, as: .entry) else { return nil }
        let identity = ImportedEvent.Identity(
            source: String(decoding: tombstone[attributes.source], as: UTF8.self),
            id: attributes.counter.description
        )
        return events[identity]?.first { event in
            event.line.withUnsafeBufferPointer { EntrySuffix.isEntry(tombstone, of: $0) }
        }?.line
    }

    /// Takes note of an event.
    ///
    /// - Returns: whether it is in the log, or was there before.
    mutating func meet(_ event: ImportedEvent) -> Bool { !lines.insert(event.line).inserted }
}
