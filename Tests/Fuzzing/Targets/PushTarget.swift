internal import AgendaModel
internal import EventLog
internal import EventLogTesting

extension FuzzTarget {
    /// The inflated body of a push: read, sequenced, and sequenced once more.
    package static let push = FuzzTarget(
        name: "push",
        seeds: { try await PushSeeds.all() },
        reshape: { input, random, mutate in PushSeeds.reshape(&input, &random, mutate) },
        check: { try await PushTarget.check($0) }
    )
}

struct PushTarget {
    /// The lines of the push, without their newlines.
    let lines: [[UInt8]]
    let outcome: PushOutcome
    let before: LogSize

    static func check(_ input: [UInt8]) async throws {
        let fixture = try await PushFixture.shared.value
        let push: Push
        do throws(PushError) {
            push = try Push(source: EventSource(fixture.device), body: input)
        } catch {
            let codes: [PushError.Code] = [.notNewlineDelimited, .tooManyEvents, .wrongDevice]
            return try require(codes.contains(error.code), "a body cannot be the cause of \(error)")
        }
        var lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        if lines.last?.isEmpty ?? false { lines.removeLast() }
        try require(push.count == lines.count, "\(push.count) lines are read of \(lines.count)")
        let store = fixture.store()
        let before = try store.head().size
        let sequencer = try fixture.sequencer(store)
        let outcome = try await sequencer.push(push)
        let target = PushTarget(lines: lines, outcome: outcome, before: before)
        try target.checkVerdicts()
        try target.checkLog(store, fixture.key)
        try await target.checkAgain(sequencer, push, store)
        await sequencer.shutDown()
        if input.fingerprint % 4 == 0 {
            let restarted = try fixture.sequencer(store)
            try require(restarted.head.size == outcome.head.size, "after a restart the log has another size")
            await restarted.shutDown()
        }
    }

    /// Every line has exactly one verdict.
    private func checkVerdicts() throws {
        let placed = (outcome.accepted + outcome.duplicate).map(\.count).reduce(0, +)
        try require(placed + outcome.rejected.count == lines.count, "\(lines.count) lines have other many verdicts")
        let refused = outcome.rejected.map(\.line)
        try require(zip(refused, refused.dropFirst()).allSatisfy { $0 < $1 }, "refusals are not in the order of lines")
        try require(refused.allSatisfy { (1...max(1, lines.count)).contains($0) }, "a refused line that there is not")
        let positions = outcome.accepted.flatMap(\.positions).sorted()
        let expected = Array(before.rawValue..<outcome.head.size.rawValue)
        try require(positions == expected, "positions \(positions) where \(expected) are free")
    }

    /// What the log holds now is what was pushed, and its checkpoint vouches for it.
    private func checkLog(_ store: InMemoryLogStore, _ key: LogKey) throws {
        let head = try store.head()
        try require(head == outcome.head, "the answer speaks of another head than the store has")
        let entries = try store.entries(Position(0)..<head.size.next)
            .split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map(Array.init)
        var edge = TreeEdge()
        for entry in entries { edge.append(leaf: entry.withUnsafeBufferPointer(Merkle.leaf)) }
        guard let note = head.checkpoint?.note else { throw BrokenProperty(description: "no checkpoint") }
        let checkpoint = try key.verifier.verify(note).checkpoint
        try require(checkpoint.root == edge.root && checkpoint.size == head.size, "the checkpoint is of other entries")
        let refused = Set(outcome.rejected.map(\.line))
        var open = lines.enumerated().filter { !refused.contains($0.offset + 1) }.map(\.element)[...]
        for entry in entries[before.rawValue...] {
            let event = entry.withUnsafeBufferPointer { EntrySuffix.event(of: $0) }
            // In between stand duplicates.
            while let line = open.popFirst(), line != event { try requireInLog(line, entries) }
            let reading = entry.withUnsafeBufferPointer { EventTarget.read($0, as: .entry) }
            try require((try? reading.get())?.verdict == nil, "an entry that is no valid event")
        }
        for line in open { try requireInLog(line, entries) }
        try checkSignatures(of: entries, key.origin)
        let counters = entries[before.rawValue...].compactMap { entry in
            try? entry.withUnsafeBufferPointer { try EventTarget.read($0, as: .entry).get().attributes.counter }
        }
        try require(zip(counters, counters.dropFirst()).allSatisfy { $0 < $1 }, "counters do not increase")
    }

    /// No signature gets into the log that does not hold.
    private func checkSignatures(of entries: [[UInt8]], _ origin: String) throws {
        var reader = EventReader()
        var check = AuthorshipCheck(origin: origin)
        for (position, entry) in entries.enumerated() {
            let finding = try entry.withUnsafeBufferPointer { bytes in
                let attributes = try reader.read(bytes, as: .entry)
                return check.look(at: bytes, attributes, leaf: Merkle.leaf(bytes), position: Position(position))
            }
            try require(finding == nil, "the signature at \(position): \(finding?.fault.rawValue ?? "")")
        }
    }

    private func requireInLog(_ line: [UInt8], _ entries: [[UInt8]]) throws {
        let isThere = entries.contains { entry in
            entry.withUnsafeBufferPointer { entry in line.withUnsafeBufferPointer { EntrySuffix.isEntry(entry, of: $0) }
            }
        }
        try require(isThere, "a line is said to be in the log, and is not")
    }

    /// The same push again changes nothing, and gives the same places and refusals.
    private func checkAgain(_ sequencer: Sequencer, _ push: Push, _ store: InMemoryLogStore) async throws {
        let again: PushOutcome
        do {
            again = try await sequencer.push(push)
        } catch let error as PushError {
            // The push itself may have taken away its device's access.
            let hasChangedAccess = outcome.head.size > before && [.revoked, .noRole].contains(error.code)
            return try require(hasChangedAccess, "pushed again: \(error)")
        }
        try require(again.accepted.isEmpty && again.head == outcome.head, "pushed again, the log grows")
        let places = (outcome.accepted + outcome.duplicate).flatMap(\.places).sorted { $0 < $1 }
        let placesAgain = again.duplicate.flatMap(\.places).sorted { $0 < $1 }
        try require(places.elementsEqual(placesAgain, by: ==), "pushed again, events are in other places")
        func refusals(_ outcome: PushOutcome) -> [String] {
            outcome.rejected.map { "\($0.line) \($0.counter?.rawValue ?? -1) \($0.problem.code)" }
        }
        try require(refusals(again) == refusals(outcome), "\(refusals(outcome)), and pushed again \(refusals(again))")
        let rejections = try store.rejections(after: 0, limit: .max).count
        _ = try await sequencer.push(push)
        try require(
            try store.rejections(after: 0, limit: .max).count == rejections,
            "a push that is repeated is kept as refused once more"
        )
    }
}

extension CounterRun {
    fileprivate var count: Int { last.rawValue - first.rawValue + 1 }
    fileprivate var positions: Range<Int> { position.rawValue..<(position.rawValue + count) }
    fileprivate var places: [(Int, Int)] { Array(zip(first.rawValue...last.rawValue, positions)) }
}
