internal import AgendaModel
internal import EventLog
internal import SyncClient

extension FuzzTarget {
    /// One line of a push or of a log: read as an event and as an entry, and held against two other readers.
    package static let event = FuzzTarget(name: "event", seeds: { EventSeeds.all }) { input in
        try input.withUnsafeBufferPointer { line in
            try EventTarget.checkEvent(line)
            try EventTarget.checkEntry(line)
        }
    }
}

enum EventTarget {
    /// What a line says, so that two readings can be compared.
    struct Reading: Hashable {
        struct Leaf: Hashable {
            var path: String
            var value: String?
        }

        var attributes: EventAttributes
        var leaves: [Leaf]
        var verdict: EventProblem?
        var references: [String]
    }

    static func read(
        _ line: UnsafeBufferPointer<UInt8>,
        as form: EventReader.Form,
        with reader: inout EventReader
    ) -> Result<Reading, EventProblem> {
        do throws(EventProblem) {
            let attributes = try reader.read(line, as: form)
            var leaves: [Reading.Leaf] = []
            reader.forEachLeaf(in: line) { path, value in
                leaves.append(Reading.Leaf(path: path, value: value.map { String(decoding: $0, as: UTF8.self) }))
            }
            var verdict: EventProblem?
            do throws(EventProblem) {
                _ = try reader.validate(attributes, in: line)
            } catch {
                verdict = error
            }
            let references = reader.references
            return .success(
                Reading(attributes: attributes, leaves: leaves, verdict: verdict, references: references)
            )
        } catch {
            return .failure(error)
        }
    }

    static func read(_ line: UnsafeBufferPointer<UInt8>, as form: EventReader.Form) -> Result<Reading, EventProblem> {
        var reader = EventReader()
        return read(line, as: form, with: &reader)
    }

    static func checkEvent(_ line: UnsafeBufferPointer<UInt8>) throws {
        let result = read(line, as: .event)
        try require(readAfterAnother(line) == result, "a reader that was used before reads the line differently")
        let isRight = !StatedRules.areBroken(by: Array(line))
        switch result {
        case .failure(let problem):
            try require(!isRight, "refused, though by the stated rules it is an event: \(problem)")
            try checkDetail(problem)
        case .success(let reading):
            try require(isRight, "accepted, though it breaks a stated rule")
            try EventComparison.check(reading, of: line)
            if let problem = reading.verdict { try checkDetail(problem) }
            let suffix = EntrySuffix.bytes(Timestamp(millisecondsSince1970: 1_800_000_000_000))
            try (line.dropLast() + suffix).withUnsafeBufferPointer { entry in
                guard case .success(var asEntry) = read(entry, as: .entry) else {
                    throw BrokenProperty(description: "the event is accepted, and its entry is not")
                }
                try require(EntrySuffix.isEntry(entry, of: line), "the entry is not recognised as the event's")
                asEntry.attributes.recordedTime = nil
                try requireSame(asEntry, reading)
            }
        }
    }

    /// What is accepted as an entry is an event with the log's suffix, or what is left of one, and nothing else is.
    static func checkEntry(_ line: UnsafeBufferPointer<UInt8>) throws {
        guard case .success(var reading) = read(line, as: .entry) else { return }
        let recorded = EntrySuffix.recordedTime(of: line)
        try require(recorded != nil && reading.attributes.recordedTime == recorded, "an entry without recorded time")
        reading.attributes.recordedTime = nil
        if let tombstone = reading.attributes.tombstone {
            try require(
                Merkle.leaf(line).base64.utf8.elementsEqual(line[tombstone.leaf]),
                "a tombstone with another leaf"
            )
            guard case .failure = EntrySuffix.event(of: line).withUnsafeBufferPointer({ read($0, as: .event) }) else {
                throw BrokenProperty(description: "a tombstone is accepted as an event")
            }
            return
        }
        try EntrySuffix.event(of: line).withUnsafeBufferPointer { event in
            guard case .success(let asEvent) = read(event, as: .event) else {
                throw BrokenProperty(description: "the entry is accepted, and its event is not")
            }
            try requireSame(reading, asEvent)
            try checkErasing(line, reading, of: event)
        }
    }

    /// What is left of an entry when it is erased is read back, and has its leaf and the pointers to what it wrote.
    private static func checkErasing(
        _ entry: UnsafeBufferPointer<UInt8>,
        _ reading: Reading,
        of event: UnsafeBufferPointer<UInt8>
    ) throws {
        guard let left = try? ErasedEntry.replacement(of: entry, redaction: Position(812)) else { return }
        try left.withUnsafeBufferPointer { left in
            guard case .success(let erased) = read(left, as: .entry) else {
                throw BrokenProperty(description: "what is left of an entry cannot be read")
            }
            try require(erased.attributes.tombstone?.redaction == Position(812), "a tombstone of another redaction")
            let paths = reading.leaves.map { Array($0.path.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
            try require(erased.leaves.map { Array($0.path.utf8) } == paths, "a tombstone with other pointers")
            try require(Merkle.leaf(left) == Merkle.leaf(entry), "a tombstone with another leaf")
            try require(EntrySuffix.isEntry(left, of: event), "a tombstone is not recognised as the event's")
            try require(erased.attributes.counter == reading.attributes.counter, "a tombstone of another event")
        }
    }

    private static func requireSame(_ entry: Reading, _ event: Reading) throws {
        var entry = entry
        // The data may be the last attribute: then its closing brace is at another place than the event's.
        try require(entry.attributes.data == event.attributes.data, "entry and event have their data elsewhere")
        entry.attributes.data = event.attributes.data
        try require(entry == event, "entry and event are read differently")
    }

    /// Reads the line after one that leaves something in every part of the reader's working memory.
    private static func readAfterAnother(_ line: UnsafeBufferPointer<UInt8>) -> Result<Reading, EventProblem> {
        var reader = EventReader()
        EventSeeds.crowded.withUnsafeBufferPointer { _ = read($0, as: .event, with: &reader) }
        return read(line, as: .event, with: &reader)
    }

    /// A problem's text is short, and of one line.
    private static func checkDetail(_ problem: EventProblem) throws {
        try require(
            problem.detail.utf8.count <= 1_000,
            "the detail of a problem has \(problem.detail.utf8.count) bytes"
        )
        try require(problem.detail.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a problem's detail has control bytes")
    }
}
