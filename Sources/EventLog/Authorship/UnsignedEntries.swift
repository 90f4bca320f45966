package import AgendaModel

/// The entries of a device that no signature covers yet, in the order of the log: all of its own but its signatures.
///
/// They are found by source and counter, and read as far as one signature may reach.
package struct UnsignedEntries {
    private struct Entry {
        var counter: Counter
        var leaf: Hash
        var recordedTime: Timestamp?
    }

    private let source: EventSource
    private let store: any LogStore
    private var reader = EventReader()
    /// The first ones.
    private var loaded: ArraySlice<Entry> = []
    /// The least counter of what has not been read; nil when there is no more.
    private var next: Counter?

    /// - Parameters:
    ///   - device: whose.
    ///   - counter: that of the last entry that is covered; 0 for none.
    ///   - store: the log; it knows all runs of this device.
    package init(of device: DeviceID, after counter: Counter, in store: any LogStore) {
        source = EventSource(device)
        self.store = store
        next = counter.next
    }

    /// Reads ahead what so many signatures can cover, where nobody waits for it.
    ///
    /// - Throws: as `covered(through:)`.
    mutating func load(for signatures: Int) throws { try load(signatures * DeviceSignature.maximumEntries) }

    /// What a signature covers that says that it reaches up to this counter; where that is more than one may cover, one entry
    /// too much.
    ///
    /// - Throws: what the store throws, and `corrupt` for an entry that cannot be read.
    package mutating func covered(through last: Counter) throws -> CoveredEntries {
        try load()
        var covered = CoveredEntries()
        for entry in loaded.prefix(DeviceSignature.maximumEntries + 1) {
            guard entry.counter <= last else { break }
            covered.add(entry.counter, leaf: entry.leaf)
        }
        return covered
    }

    /// What the device's next signature can cover.
    ///
    /// - Throws: as `covered(through:)`.
    package mutating func coverable() throws -> CoveredEntries {
        try load()
        var covered = CoveredEntries()
        for entry in loaded.prefix(DeviceSignature.maximumEntries) { covered.add(entry.counter, leaf: entry.leaf) }
        return covered
    }

    /// When the first of what `coverable` found was recorded; nil for none.
    package var oldest: Timestamp? { loaded.first?.recordedTime }

    /// Goes on behind what is covered now.
    package mutating func drop(through counter: Counter) {
        loaded = loaded.drop { $0.counter <= counter }
    }

    /// Reads until there are more than so many, as far as there are.
    private mutating func load(_ count: Int = DeviceSignature.maximumEntries) throws {
        while loaded.count <= count, let first = next {
            let run = try store.run(of: source, containing: first) ?? store.run(of: source, after: first)
            guard let run else {
                next = nil
                return
            }
            let start = max(first, run.first)
            let end = min(run.last.next, start + Segment.entryCount)
            let bytes = try store.entries(run.position(of: start)..<run.position(of: end))
            try bytes.withUnsafeBufferPointer { bytes in
                _ = try Merkle.forEachLeaf(of: bytes) { leaf, line in
                    try add(UnsafeBufferPointer(rebasing: bytes[line]), leaf)
                }
            }
            next = end
        }
    }

    private mutating func add(_ entry: UnsafeBufferPointer<UInt8>, _ leaf: Hash) throws {
        guard let attributes = try? reader.read(entry, as: .entry) else {
            throw LogError(.corrupt, "an entry of the log cannot be read; run 'ambit verify'")
        }
        if !entry[attributes.type].elementsEqual(DeviceSignature.type.utf8) {
            loaded.append(Entry(counter: attributes.counter, leaf: leaf, recordedTime: attributes.recordedTime))
        }
    }
}
