internal import AgendaModel

/// What a log has of a push already, looked up before the push waits for the writer.
///
/// Others wait for the writer, and each look-up may have to read and unpack a segment.
///
/// What was found stays true. What was not found counts as long as the writer knows of all that has been added since.
struct PushLookup: Sendable {
    /// A push of no more lines, all with new counters, is looked up at once.
    private static let fewLines = 64
    /// A push of which more subjects have to be weighed is not looked up at once.
    private static let fewWeighed = 8

    /// Of the writer's memory when this began; see `LogMemory.epoch`.
    let epoch: Int
    /// How many entries the log had at least.
    let size: LogSize
    /// The greatest counter of the push's source that was spent.
    let last: Counter
    /// By line, of those whose counters were spent.
    private(set) var findings: [Int: StoredEvents.Finding] = [:]
    /// By the numbers of the push's names; nil where nobody has looked yet.
    private(set) var existing: [Bool?]
    /// What the device has not signed, of a push that signs.
    private(set) var unsigned: UnsignedEntries?
    /// For the entries that the push wants to have erased, why that cannot be; nil for those for which it can.
    private(set) var erasures: [Position: EventProblem?] = [:]
    /// What the log has set of the rights that an admin's push sets, as far as its authors may not have seen it.
    private(set) var memberWrites: MemberWrites?
    /// What is known of what its subjects hold, by the numbers of the push's names; what has been added since comes to it.
    private(set) var known: [Int: WeightCache.Known]
    /// What subjects hold that come close to too much; nil where nobody can tell, or has to.
    private(set) var weights: PushWeights?
    /// The numbers of the names of subjects that memory alone does not know to hold little enough.
    private var unweighed: Set<Int>
    /// Whether the push is not looked up again, whatever has come in between.
    var isLast = false

    /// Looks up in memory alone all that there is to be known of a push; nil when the store has to be asked.
    ///
    /// So it is for most of what laptops send: new events, about themselves or about what others have been writing of.
    init?(of push: Push, in memory: LogMemory) {
        let knowledge = memory.knowledge(of: push)
        guard let last = knowledge.last else { return nil }
        (epoch, size, self.last, existing) = (knowledge.epoch, knowledge.size, last, knowledge.existing)
        (known, unweighed) = (knowledge.weights, knowledge.unweighed)
        guard !existing.contains(nil), hasNewCounters(push), !push.readsEntries, unweighed.isEmpty else { return nil }
    }

    /// Begins to look up a push.
    ///
    /// Blocks, for a moment.
    init(of push: Push, in store: any LogStore, knowing memory: LogMemory) throws {
        let knowledge = memory.knowledge(of: push)
        epoch = knowledge.epoch
        existing = knowledge.existing
        (known, unweighed) = (knowledge.weights, knowledge.unweighed)
        size = try store.head().size
        last = try knowledge.last ?? store.lastSpentCounter(of: push.source)
    }

    /// Whether the rest takes next to nothing: so for what laptops usually send.
    func isShort(for push: Push) -> Bool {
        push.count <= Self.fewLines && push.names.names.count <= 2 * Self.fewLines && hasNewCounters(push)
            && !push.readsEntries && unweighed.count <= Self.fewWeighed
    }

    /// Whether nobody could tell what a subject holds, which has a number among the push's names.
    func isUntold(_ subject: Int) -> Bool { weights == nil && unweighed.contains(subject) }

    private func hasNewCounters(_ push: Push) -> Bool {
        push.lines.allSatisfy { $0.counter < 0 || $0.counter > last.rawValue }
    }

    /// Looks up the rest, and has what was found remembered.
    ///
    /// Blocks.
    ///
    /// - Parameters:
    ///   - push: that was begun with.
    ///   - store: the log.
    ///   - memory: what is to be taught.
    ///   - signed: up to where the device has signed.
    ///   - role: the member's; nil for somebody without access.
    /// - Throws: what the store throws.
    mutating func fill(
        for push: Push,
        in store: any LogStore,
        teaching memory: LogMemory,
        signedThrough signed: Counter?,
        role: Role?
    ) throws {
        let unknown = existing.indices.filter { existing[$0] == nil }
        let names = unknown.map { push.names.names[$0] }
        let positions = try store.positions(ofSubjects: names)
        for (index, position) in zip(unknown, positions) { existing[index] = position != nil }
        memory.learn(unknown.filter { existing[$0] == true }.map { push.names.names[$0] }, at: epoch)
        var stored = StoredEvents(store: store, source: push.source)
        try push.body.withUnsafeBufferPointer { body in
            for (number, line) in push.lines.enumerated() where line.counter >= 0 && line.counter <= last.rawValue {
                findings[number] = try stored.find(
                    Counter(line.counter),
                    UnsafeBufferPointer(rebasing: body[line.bytes])
                )
            }
        }
        if push.signatureCount > 0, let signed, let device = push.source.device {
            var entries = UnsignedEntries(of: device, after: signed, in: store)
            try entries.load(for: min(push.signatureCount, DeviceSignature.maximumPerPush))
            unsigned = entries
        }
        try lookUpErasures(of: push, in: store)
        if let folded = memory.folded { try weigh(push, in: store, by: folded, teaching: memory) }
        // Of others they are refused anyway.
        if role == .admin, var writes = push.memberWrites(after: last.rawValue) {
            try writes.read(upTo: size, of: store)
            memberWrites = writes
        }
    }

    /// Weighs the subjects that may come to hold too much.
    private mutating func weigh(
        _ push: Push,
        in store: any LogStore,
        by folded: FoldedSubjects,
        teaching memory: LogMemory
    ) throws {
        // Not made by this push, since they are there already.
        for number in push.created where existing[number] == true && known[number]?.bytes == nil {
            unweighed.insert(number)
        }
        guard !unweighed.isEmpty, var weights = PushWeights(of: unweighed, in: push, by: folded) else { return }
        let numbers = Array(unweighed)
        let names = numbers.map { push.names.names[$0] }
        // They are weighed at just this size: what is added later comes to it, and nothing is counted twice.
        let current = memory.weights(of: names)
        guard try weights.read(upTo: current.size, of: store) else { return }
        var found: [(name: String, known: WeightCache.Known)] = []
        for ((number, name), before) in zip(zip(numbers, names), current.known) {
            guard let bytes = weights.bytes(of: name) else { continue }
            var weighed = before
            weighed.bytes = bytes
            known[number] = weighed
            found.append((name, weighed))
            // From here on it is enough to add up.
            if bytes + push.addedBytes[number, default: 0] <= EventLimits.heldEntryBytes { weights.drop(name) }
        }
        self.weights = weights
        memory.learn(found)
    }

    /// Reads each segment once, however many entries of it are to be erased.
    private mutating func lookUpErasures(of push: Push, in store: any LogStore) throws {
        let wanted = Dictionary(grouping: Set(push.redacted.filter { size.contains($0) })) { $0.segment }
        for (segment, positions) in wanted {
            let range = Segment.positions(segment).clamped(to: size.positions)
            var position = range.lowerBound
            try store.entries(range).withUnsafeBufferPointer { bytes in
                Lines.forEach(in: bytes) { line in
                    if positions.contains(position) {
                        let entry = UnsafeBufferPointer(rebasing: bytes[line])
                        // Its own position will not be further than this one.
                        erasures[position] = .some(ErasedEntry.problem(erasing: entry, by: size.next + push.count))
                    }
                    position += 1
                }
            }
        }
    }
}

/// Between its look-up and its turn so much has come in that the writer cannot tell what the push's subjects hold.
///
/// Nothing of the push has been taken. The writer does not weigh them itself: the push is to be looked up again.
struct StaleLookup: Error {}

extension Push {
    /// Whether verdicts on it take reading entries of the log.
    fileprivate var readsEntries: Bool {
        signatureCount > 0 || setsRights || types.contains { $0.name == Tombstone.redactionType }
    }

    /// How many signatures it has that can be read.
    fileprivate var signatureCount: Int {
        accessEvents.count { if case .signed = $0 { true } else { false } }
    }

    /// The entries that it wants to have erased.
    fileprivate var redacted: [Position] {
        guard let type = types.firstIndex(where: { $0.name == Tombstone.redactionType }) else { return [] }
        return lines.lazy.filter { Int($0.type) == type }.compactMap {
            Tombstone.position(ofEntry: names.names[Int($0.subject)].utf8)
        }
    }
}
