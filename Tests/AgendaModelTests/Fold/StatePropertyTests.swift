import Testing

@testable import AgendaModel

@Suite("The fold over generated logs")
struct StatePropertyTests {
    static let seeds = Array(UInt64(1)...25)
    static let count = 200

    @Test("It agrees with a naive fold on every head, document and conflict", arguments: seeds)
    func reference(_ seed: UInt64) throws {
        let log = GeneratedLog(seed: seed, count: Self.count)
        let reference = try ReferenceFold(log.entries)
        let state = try folded(log)
        #expect(Set(state.subjects) == Set(reference.heads.keys), "seed \(seed)")
        var conflicts = 0
        for subject in state.subjects {
            let registers = state.registers(of: subject)
            #expect(Set(registers.map(\.path)) == Set(reference.heads[subject]!.keys), "seed \(seed)")
            for register in registers {
                let expected = reference.ranked(subject, register.path)
                #expect(register.heads.map(\.position.rawValue) == expected.map(\.position), "seed \(seed)")
                #expect(register.heads.map(\.source.rawValue) == expected.map(\.source), "seed \(seed)")
                #expect(register.heads.map(\.counter.rawValue) == expected.map(\.counter), "seed \(seed)")
                #expect(register.heads.map(\.time.description) == expected.map(\.time), "seed \(seed)")
                let values = try register.heads.map { try $0.value.map { try ReferenceJSON($0) } ?? .null }
                #expect(values == expected.map(\.value), "seed \(seed)")
                #expect(register.isConflict == (Set(values).count > 1), "seed \(seed)")
                if register.isConflict { conflicts += 1 }
            }
            let document = try #require(state.document(of: subject))
            #expect(try ReferenceJSON(document) == reference.document(of: subject), "seed \(seed)")
        }
        #expect(state.conflicts.count == conflicts, "seed \(seed)")
        #expect(conflicts > 0, "seed \(seed) makes no conflict: the generator is of no use")
    }

    @Test("No write is lost: each is a head, or a later author had seen it", arguments: seeds)
    func nothingLost(_ seed: UInt64) throws {
        let log = GeneratedLog(seed: seed, count: Self.count)
        let reference = try ReferenceFold(log.entries)
        let state = try folded(log)
        for (subject, paths) in reference.writes {
            let registers = state.registers(of: subject)
            for (path, writes) in paths {
                let heads = Set(registers.first { $0.path == path }?.heads.map(\.position.rawValue) ?? [])
                for (index, write) in writes.enumerated() {
                    let wasSeen = writes[(index + 1)...].contains {
                        $0.source == write.source || write.position < $0.basis
                    }
                    #expect(heads.contains(write.position) != wasSeen, "seed \(seed), \(subject)\(path)")
                }
            }
        }
    }

    @Test("Folding again, and in any chunks, gives the same digest", arguments: seeds)
    func chunks(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let log = GeneratedLog(seed: seed, count: Self.count)
        let expected = try folded(log)
        #expect(try folded(log).digestInput == expected.digestInput, "seed \(seed)")
        var state = State()
        while state.size.rawValue < Self.count {
            let end = Int.random(in: state.size.rawValue...Self.count, using: &random)
            try log.block(state.size.rawValue..<end).withUnsafeBufferPointer { try state.fold(block: $0) }
        }
        #expect(state.digestInput == expected.digestInput, "seed \(seed)")
        #expect(state.conflicts == expected.conflicts, "seed \(seed)")
    }

    @Test("A state whose subjects lie in a file goes on as if it had never stopped", arguments: seeds)
    func loading(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let log = GeneratedLog(seed: seed, count: Self.count)
        let expected = try folded(log)
        var file: [String: [UInt8]] = [:]
        var size = 0
        while size < Self.count {
            let end = Int.random(in: (size + 1)...Self.count, using: &random)
            var state = State(at: LogSize(size))
            try log.block(size..<end).withUnsafeBufferPointer { try state.fold(block: $0, load: { file[$0] }) }
            for subject in state.takeChangedSubjects() { file[subject] = state.encodedRegisters(of: subject) }
            size = end
        }
        #expect(file.keys.sorted() == expected.subjects, "seed \(seed)")
        var state = State(at: LogSize(size))
        for (subject, encoded) in file {
            #expect(encoded == expected.encodedRegisters(of: subject), "seed \(seed)")
            #expect(State.registers(encoded, of: subject) == expected.registers(of: subject), "seed \(seed)")
            #expect(
                State.document(inRegisters: encoded, of: subject) == expected.document(of: subject),
                "seed \(seed)"
            )
            try state.load(encoded, of: subject)
        }
        #expect(state.digestInput == expected.digestInput, "seed \(seed)")
        #expect(state.conflicts == expected.conflicts, "seed \(seed)")
    }

    @Test("Thousands of subjects and of keys in one map are all kept")
    func many() throws {
        var state = State()
        let count = 3000
        for index in 0..<count {
            try state.fold(entry(index, subject: "project/s\(index)", data: #"{"title":"\#(index)"}"#))
            try state.fold(entry(index + count, subject: "project/map", data: #"{"map":{"k\#(index)":\#(index)}}"#))
        }
        #expect(state.subjects.count == count + 1)
        for index in stride(from: 0, to: count, by: 71) {
            #expect(state.document(of: "project/s\(index)") == Array(#"{"title":"\#(index)"}"#.utf8))
        }
        let document = try ReferenceJSON(#require(state.document(of: "project/map")))
        guard case .object(let members)? = document["map"] else { throw CancellationError() }
        #expect(members == Dictionary(uniqueKeysWithValues: (0..<count).map { ("k\($0)", .number(Double($0))) }))
    }

    private func entry(_ counter: Int, subject: String, data: String) -> String {
        #"{"specversion":"1.0","id":"\#(counter + 1)","source":"device/aaaaaa","type":"project.revised","#
            + #""subject":"\#(subject)","time":"2026-11-12T10:11:12.123Z","basis":0,"data":\#(data),"#
            + #""recordedtime":"2026-11-12T10:11:12.123Z"}"#
    }

    private func folded(_ log: GeneratedLog) throws -> State {
        var state = State()
        for entry in log.entries { try state.fold(entry) }
        return state
    }
}
