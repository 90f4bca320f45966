import Testing

@testable import AgendaModel

@Suite("What is left of erased entries")
struct TombstoneTests {
    @Test("A tombstone is made from its entry, and read back", arguments: ErasureVectors.all.tombstones)
    func made(_ vector: ErasureVectors.Tombstone) throws {
        var reader = EventReader()
        let made = try Array(vector.entry.utf8).withUnsafeBufferPointer { entry in
            try reader.tombstone(of: entry, redaction: Position(vector.redaction), leaf: vector.leaf)
        }
        #expect(String(decoding: made, as: UTF8.self) == vector.tombstone)
        try made.withUnsafeBufferPointer { line in
            let attributes = try reader.read(line, as: .entry)
            let tombstone = try #require(attributes.tombstone)
            #expect(tombstone.redaction == Position(vector.redaction))
            #expect(String(decoding: line[tombstone.leaf], as: UTF8.self) == vector.leaf)
            #expect(attributes.data.isEmpty && !attributes.hasSalt)
            #expect(attributes.recordedTime == Timestamp("2026-11-12T10:11:13.000Z"))
            #expect(throws: EventProblem.self) { _ = try reader.validate(attributes, in: line) }
            let again = #expect(throws: EventProblem.self) {
                _ = try reader.tombstone(of: line, redaction: Position(99), leaf: vector.leaf)
            }
            #expect(again?.code == .notAllowed)
        }
    }

    @Test("A tombstone has one form only", arguments: ErasureVectors.all.invalid)
    func invalid(_ vector: ErasureVectors.Invalid) {
        var reader = EventReader()
        Array(vector.line.utf8).withUnsafeBufferPointer { line in
            let tombstone = try? reader.read(line, as: .entry).tombstone
            #expect(tombstone == nil)
        }
    }

    @Test("A tombstone cut off anywhere, or pushed as an event, is malformed")
    func cutOff() throws {
        var reader = EventReader()
        let line = Array(ErasureVectors.all.tombstones[0].tombstone.utf8)
        for count in 0..<line.count {
            #expect(throws: EventProblem.self) {
                try Array(line[..<count]).withUnsafeBufferPointer { _ = try reader.read($0, as: .entry) }
            }
        }
        let event = line.dropLast(EventLimits.recordedTimeBytes + 1) + [UInt8(ascii: "}")]
        let problem = #expect(throws: EventProblem.self) {
            try Array(event).withUnsafeBufferPointer { _ = try reader.read($0, as: .event) }
        }
        #expect(problem?.detail.contains("erased") == true)
    }

    @Test(
        "What proves something, or says who may do what, cannot be erased",
        arguments: ["entry.redacted", "device.signed", "device.revoked", "member.granted", "member.left"]
    )
    func lasting(_ type: String) throws {
        var reader = EventReader()
        let entry = ErasureVectors.all.tombstones[0].entry.replacing("note.added", with: type)
        let problem = #expect(throws: EventProblem.self) {
            try Array(entry.utf8).withUnsafeBufferPointer {
                _ = try reader.tombstone(of: $0, redaction: Position(9), leaf: ErasureVectors.all.tombstones[0].leaf)
            }
        }
        #expect(problem?.code == .notAllowed)
    }

    @Test("A tombstone may be longer than any event, up to what fits into a bundle; beyond that the entry stays")
    func maximumSize() throws {
        let longest = try tombstone(ofDataWith: 33_000)
        #expect(longest.count > EventLimits.eventBytes + EventLimits.recordedTimeBytes)
        #expect(longest.count <= EventLimits.tombstoneBytes)
        var reader = EventReader()
        let attributes = try longest.withUnsafeBufferPointer { try reader.read($0, as: .entry) }
        #expect(attributes.tombstone != nil)
        let problem = #expect(throws: EventProblem.self) { try tombstone(ofDataWith: EventLimits.eventBytes - 600) }
        #expect(problem?.code == .tooLarge)
    }

    /// What is left of an entry whose pointers are much longer than what it says.
    private func tombstone(ofDataWith bytes: Int) throws -> [UInt8] {
        var reader = EventReader()
        let whole = ErasureVectors.all.tombstones[6].entry
        let place = try #require(whole.firstRange(of: #"{"targets":{"#)?.upperBound)
        var data = ""
        var number = 0
        while data.utf8.count < bytes {
            let id = String(repeating: "a", count: 80) + String(10_000 + number)
            data += (number == 0 ? "" : ",") + #""indicator/\#(id)":{"quantity":1,"due":null}"#
            number += 1
        }
        let entry = whole[..<place] + data + "}}" + whole.suffix(EventLimits.recordedTimeBytes + 1)
        return try Array(String(entry).utf8).withUnsafeBufferPointer {
            try reader.tombstone(of: $0, redaction: Position(9), leaf: ErasureVectors.all.tombstones[0].leaf)
        }
    }

    @Test(
        "An entry is named by its position in one form only",
        arguments: [
            ("entry/0", 0), ("entry/812", 812), ("entry/999999999999999", 999_999_999_999_999), ("entry/007", nil),
            ("entry/", nil), ("entry/1-2", nil), ("entries/1", nil), ("entry/9999999999999999", nil),
        ] as [(String, Int?)]
    )
    func position(subject: String, expected: Int?) {
        #expect(Tombstone.position(ofEntry: Array(subject.utf8)) == expected.map { Position($0) })
    }

    @Test("A log with erased entries folds as its vector says", arguments: ErasureVectors.all.logs)
    func fold(_ vector: ErasureVectors.Log) throws {
        var state = State()
        for entry in vector.after { try state.fold(entry) }
        #expect(state.subjects == vector.documents.keys.sorted())
        for (subject, document) in vector.documents {
            #expect(state.document(of: subject).map { String(decoding: $0, as: UTF8.self) } == document)
            let erased = state.registers(of: subject).filter { $0.heads[0].isErased }.map(\.path)
            #expect(erased == vector.erasedPaths[subject] ?? [])
        }
        let conflicts = state.conflicts.map {
            ErasureVectors.Log.Conflict(subject: $0.subject, path: $0.register.path)
        }
        #expect(conflicts == vector.conflicts)
    }

    @Test("Erasing what was folded is the same as folding what is left", arguments: ErasureVectors.all.logs)
    func erase(_ vector: ErasureVectors.Log) throws {
        var after = State()
        for entry in vector.after { try after.fold(entry) }
        var before = State()
        for entry in vector.entries { try before.fold(entry) }
        _ = before.takeChangedSubjects()
        for erased in vector.erased {
            try Array(vector.after[erased.position].utf8).withUnsafeBufferPointer {
                try before.erase(tombstone: $0, at: Position(erased.position))
            }
        }
        #expect(Set(before.takeChangedSubjects()).isSubset(of: vector.documents.keys))
        #expect(before.digestInput == after.digestInput)
        for subject in after.subjects {
            #expect(before.registers(of: subject) == after.registers(of: subject))
            let encoded = try #require(after.encodedRegisters(of: subject))
            #expect(State.decode(encoded, of: subject)?.registers == after.registers(of: subject))
        }
    }
}
