package import AgendaModel

/// The entries that one signature of a device covers, in the order of the log.
package struct CoveredEntries: Sendable {
    /// The counter of the first; nil when there is none.
    package private(set) var from: Counter?
    /// The counter of the last; nil when there is none.
    package private(set) var through: Counter?
    /// How many there are.
    package private(set) var count = 0
    private var leaves = Hasher256()

    package init() {}

    /// Finds entries of a device in a log, by source and counter: all but its signatures.
    ///
    /// - Parameters:
    ///   - device: `device/<id>`.
    ///   - counter: that of the last entry that is covered already; 0 for none.
    ///   - last: the greatest counter to look at.
    ///   - limit: how many entries to take, the first ones.
    ///   - store: the log; it knows all runs of this device.
    /// - Throws: what the store throws, and `corrupt` for an entry that cannot be read.
    package init(
        of device: String,
        after counter: Counter,
        through last: Counter,
        atMost limit: Int,
        in store: any LogStore
    ) throws {
        var reader = EventReader()
        var next = Counter(counter.rawValue + 1)
        while count < limit, next <= last {
            let run = try store.run(of: device, containing: next) ?? store.run(of: device, after: next)
            guard let run, run.first <= last else { return }
            let first = max(next, run.first)
            let most = first.rawValue + min(limit - count, Segment.entryCount) - 1
            let end = min(run.last.rawValue, last.rawValue, most) + 1
            let position = run.position.rawValue + first.rawValue - run.first.rawValue
            let range = Position(position)..<Position(position + end - first.rawValue)
            try store.entries(range).withUnsafeBufferPointer { bytes in
                _ = try Merkle.forEachLeaf(of: bytes) { leaf, line in
                    try take(UnsafeBufferPointer(rebasing: bytes[line]), leaf, &reader)
                }
            }
            next = Counter(end)
        }
    }

    private mutating func take(
        _ entry: UnsafeBufferPointer<UInt8>,
        _ leaf: Hash,
        _ reader: inout EventReader
    ) throws {
        guard let attributes = try? reader.read(entry, as: .entry) else {
            throw LogError(.corrupt, "an entry of the log cannot be read; run 'ambit verify'")
        }
        if !entry[attributes.type].elementsEqual(DeviceSignature.type.utf8) { add(attributes.counter, leaf: leaf) }
    }

    /// Adds the next one.
    package mutating func add(_ counter: Counter, leaf: Hash) {
        if from == nil { from = counter }
        through = counter
        count += 1
        leaf.withUnsafeBytes { leaves.update($0.assumingMemoryBound(to: UInt8.self)) }
    }

    /// SHA-256 over the leaf hashes, one after the other.
    package var digest: Hash { leaves.finish() }
}
