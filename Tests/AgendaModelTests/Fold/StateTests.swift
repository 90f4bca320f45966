import Testing

@testable import AgendaModel

@Suite("The fold")
struct StateTests {
    @Test("A log has the documents and conflicts that its vector names", arguments: FoldVector.all)
    func vector(_ vector: FoldVector) throws {
        var state = State()
        for entry in vector.entries { try state.fold(entry) }
        #expect(state.size == LogSize(vector.entries.count))
        #expect(state.subjects == vector.documents.keys.sorted())
        for (subject, document) in vector.documents {
            #expect(state.document(of: subject).map { String(decoding: $0, as: UTF8.self) } == document)
        }
        let conflicts = state.conflicts.map { conflict in
            FoldVector.Conflict(
                subject: conflict.subject,
                path: conflict.register.path,
                values: conflict.register.heads.map { $0.value.map { String(decoding: $0, as: UTF8.self) } }
            )
        }
        #expect(conflicts == vector.conflicts)
    }

    @Test("The digest is made of one line per subject", arguments: DigestVector.all)
    func digest(_ vector: DigestVector) throws {
        var state = State()
        for entry in vector.entries { try state.fold(entry) }
        #expect(state.digestInput == vector.input)
    }

    @Test("A refused entry leaves the state as it was")
    func refused() throws {
        var state = State()
        try state.fold(FoldVector.all[0].entries[0])
        let before = state.digestInput
        #expect(throws: EventProblem.self) { try state.fold("{}") }
        #expect(throws: StateError.self) {
            try Array(FoldVector.all.last!.entries[1].utf8).withUnsafeBufferPointer {
                _ = try state.fold(entry: $0) { _ in [1, 2, 3] }
            }
        }
        #expect(state.digestInput == before)
        #expect(state.size == LogSize(1))
        #expect(state.subjects.count == 1)
    }

    @Test("A block is folded entry by entry, and says which one it could not take")
    func block() throws {
        let entries = FoldVector.all[1].entries
        var state = State()
        var seen: [Counter] = []
        let block = Array((entries.joined(separator: "\n") + "\n").utf8)
        try block.withUnsafeBufferPointer { block in
            try state.fold(block: block, each: { attributes, _ in seen.append(attributes.counter) })
        }
        #expect(seen == [Counter(1), Counter(2), Counter(1)])
        #expect(state.size == LogSize(3))
        var cut = State()
        #expect(throws: EventProblem.self) { try block.dropLast().withUnsafeBufferPointer { try cut.fold(block: $0) } }
        #expect(cut.size == LogSize(2))
    }

    @Test("An event that waits lies over the state, and what its author had not seen stays a conflict")
    func overlay() throws {
        var state = State()
        for entry in FoldVector.all[1].entries { try state.fold(entry) }
        let subject = "project/aaaaaa-1"
        let waiting =
            #"{"specversion":"1.0","id":"9","source":"device/dddddd","type":"project.advanced","subject":"project/aaaaaa-1","time":"2026-11-12T11:30:00.000Z","basis":2,"data":{"phase":"halted"}}"#
        try Array(waiting.utf8).withUnsafeBufferPointer { _ = try state.overlay(event: $0) }
        #expect(state.size == LogSize(3))
        let heads = try #require(state.registers(of: subject).first { $0.path == "/phase" }).heads
        #expect(heads.map(\.position) == [.afterEverything, Position(2)])
        #expect(heads.first?.value == Array(#""halted""#.utf8))
    }

    @Test("Changed subjects are given once, sorted")
    func changed() throws {
        var state = State()
        for entry in FoldVector.all.last!.entries { try state.fold(entry) }
        #expect(state.takeChangedSubjects() == state.subjects)
        #expect(state.takeChangedSubjects() == [])
        try state.fold(FoldVector.all[0].entries[1])
        #expect(state.takeChangedSubjects() == ["project/aaaaaa-1"])
    }

    @Test("A copy does not follow what happens to its original")
    func copy() throws {
        var state = State()
        try state.fold(FoldVector.all[0].entries[0])
        let copy = state
        try state.fold(FoldVector.all[0].entries[1])
        #expect(copy.size == LogSize(1))
        #expect(copy.digestInput != state.digestInput)
    }

    @Test("Bytes that are no encoded registers are refused, wherever they are cut")
    func cutRegisters() throws {
        var state = State()
        for entry in FoldVector.all[1].entries { try state.fold(entry) }
        let encoded = try #require(state.encodedRegisters(of: "project/aaaaaa-1"))
        let decoded = try #require(State.decode(encoded, of: "project/aaaaaa-1"))
        #expect(decoded.registers == state.registers(of: "project/aaaaaa-1"))
        #expect(decoded.document == state.document(of: "project/aaaaaa-1"))
        for count in encoded.indices { #expect(State.decode(Array(encoded[..<count]), of: "project/aaaaaa-1") == nil) }
        #expect(State.decode([99] + encoded.dropFirst(), of: "project/aaaaaa-1") == nil)
        #expect(State.decode(encoded + [0], of: "project/aaaaaa-1") == nil)
        #expect(state.encodedRegisters(of: "project/none") == nil)
    }
}

extension State {
    @discardableResult
    mutating func fold(_ entry: String) throws -> EventAttributes {
        try Array(entry.utf8).withUnsafeBufferPointer { try fold(entry: $0) }
    }

    var digestInput: String {
        var input: [UInt8] = []
        writeDigestInput { input += $0 }
        return String(decoding: input, as: UTF8.self)
    }
}
