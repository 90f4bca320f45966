import Testing

@testable import AgendaModel

@Suite("What a subject holds")
struct SubjectWeightTests {
    @Test("Counted event by event, it is what the registers hold in the end", arguments: FoldVector.all)
    func incremental(_ vector: FoldVector) throws {
        var state = State()
        var weights: [String: SubjectWeight] = [:]
        var reader = EventReader()
        for (index, entry) in vector.entries.enumerated() {
            try state.fold(entry)
            try Array(entry.utf8).withUnsafeBufferPointer { bytes in
                let attributes = try reader.read(bytes, as: .entry)
                let leaves = reader.weighedLeaves(in: bytes)
                #expect(leaves.reduce(0) { $0 + $1.bytes } == reader.weight)
                let source = EventSource(unchecked: String(decoding: bytes[attributes.source], as: UTF8.self))
                weights[String(decoding: bytes[attributes.subject], as: UTF8.self), default: SubjectWeight()].write(
                    leaves,
                    of: source,
                    basis: attributes.basis,
                    at: Position(index)
                )
            }
        }
        for subject in state.subjects {
            #expect(weights[subject]?.bytes == SubjectWeight(state.registers(of: subject)).bytes)
            #expect(weights[subject]?.bytes == state.weight(of: subject))
        }
    }

    @Test("A head weighs its path, its value and what says whose it is; what its author had seen goes")
    func heads() {
        let first = EventSource(unchecked: "device/aaaaaa")
        let second = EventSource(unchecked: "device/bbbbbb")
        let leaf = SubjectWeight.Leaf(path: "/title", valueCount: 10)
        let absent = SubjectWeight.Leaf(path: "/title", valueCount: 0)
        var weight = SubjectWeight()
        weight.write([leaf], of: first, basis: LogSize(0), at: Position(0))
        #expect(weight.bytes == 116)
        #expect(weight.growth(by: [leaf], of: first, basis: LogSize(0)) == 0)
        #expect(weight.growth(by: [leaf], of: second, basis: LogSize(0)) == 116)
        #expect(weight.growth(by: [absent], of: second, basis: LogSize(1)) == -10)
        weight.write([leaf], of: second, basis: LogSize(0), at: Position(1))
        #expect(weight.bytes == 232)
        weight.write([absent], of: second, basis: LogSize(2), at: Position(2))
        #expect(weight.bytes == 106)
    }

    @Test("What others may have added meanwhile counts; what replaces as much as it writes has room for as much again")
    func besides() {
        let (source, limit) = (EventSource(unchecked: "device/aaaaaa"), EventLimits.heldBytes)
        let own = SubjectWeight.Leaf(path: "/title", valueCount: 10)
        let other = SubjectWeight.Leaf(path: "/summary", valueCount: 10)
        var weight = SubjectWeight()
        weight.write([own], of: source, basis: LogSize(0), at: Position(0))
        func isTaken(_ leaf: SubjectWeight.Leaf, besides added: Int) -> Bool {
            weight.problem(of: "project/aaaaaa-1", with: [leaf], of: source, basis: LogSize(0), besides: added) == nil
        }
        let room = limit - weight.bytes
        #expect(isTaken(other, besides: room - other.bytes) && !isTaken(other, besides: room - other.bytes + 1))
        #expect(isTaken(own, besides: room + limit) && !isTaken(own, besides: room + limit + 1))
    }

    @Test("What is written to a register that is not looked at counts as something more")
    func otherPaths() {
        let source = EventSource(unchecked: "device/aaaaaa")
        let leaf = SubjectWeight.Leaf(path: "/title", valueCount: 10)
        var weight = SubjectWeight([], at: ["/summary"])
        for position in 0...1 { weight.write([leaf], of: source, basis: LogSize(0), at: Position(position)) }
        #expect(weight.bytes == 232)
    }
}
