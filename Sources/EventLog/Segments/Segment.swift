package import AgendaModel
package import Deflate

/// 256 consecutive entries, deflated once as a raw run that ends in a full flush.
///
/// The run is stored, sent and received in the same bytes. It changes only where one of its entries is erased; its root
/// stays even then. Source of the format: Protocol/Log.md and RFC 1951.
package struct Segment: Hashable, Sendable {
    package static let entryCount = 256
    /// The longest uncompressed form: 256 of the largest entries, each with its newline.
    package static let maximumLength = entryCount * (maximumEntryLength + 1)
    /// What is left of an erased entry may be longer than the longest event with what the log adds.
    package static let maximumEntryLength = EventLimits.tombstoneBytes

    /// Holds the entries from `256 * number`.
    package var number: Int
    /// The deflated entries.
    package var run: [UInt8]
    /// Of the uncompressed form: each entry followed by a newline.
    package var crc: CRC32
    /// How long the uncompressed form is, in bytes.
    package var length: Int
    /// Root of the 256 leaves.
    package var root: Hash
    /// When the first entry was recorded.
    package var firstRecorded: Timestamp
    /// When the last entry was recorded.
    package var lastRecorded: Timestamp

    /// Puts stored parts together again; nothing is checked.
    package init(
        number: Int,
        run: [UInt8],
        crc: CRC32,
        length: Int,
        root: Hash,
        firstRecorded: Timestamp,
        lastRecorded: Timestamp
    ) {
        self.number = number
        self.run = run
        self.crc = crc
        self.length = length
        self.root = root
        self.firstRecorded = firstRecorded
        self.lastRecorded = lastRecorded
    }

    /// Seals 256 entries, each followed by a newline.
    ///
    /// - Throws: `corrupt` for another number of entries, or when one does not end as an entry does.
    package init(number: Int, sealing entries: UnsafeBufferPointer<UInt8>) throws(LogError) {
        let leaves = try SegmentLeaves(entries, segment: number)
        self.init(
            number: number,
            run: Deflate.run(entries),
            crc: CRC32(of: entries),
            length: entries.count,
            root: leaves.root,
            firstRecorded: leaves.firstRecorded,
            lastRecorded: leaves.lastRecorded
        )
    }

    /// Seals 256 entries whose tree has been computed before.
    init(number: Int, sealing entries: UnsafeBufferPointer<UInt8>, root: Hash) throws(LogError) {
        let first = UnsafeBufferPointer(rebasing: entries[..<max(0, Lines.length(of: 1, in: entries) - 1)])
        let last = UnsafeBufferPointer(rebasing: entries.dropLast())
        guard let firstRecorded = EntrySuffix.recordedTime(of: first),
            let lastRecorded = EntrySuffix.recordedTime(of: last)
        else {
            throw LogError(.corrupt, "the first or last entry of segment \(number) does not end in its recorded time")
        }
        self.init(
            number: number,
            run: Deflate.run(entries),
            crc: CRC32(of: entries),
            length: entries.count,
            root: root,
            firstRecorded: firstRecorded,
            lastRecorded: lastRecorded
        )
    }

    /// A segment whose run came from elsewhere: inflates and checks it.
    ///
    /// Gives the entries too, for who goes on to fold.
    ///
    /// - Throws: `corrupt` when run, CRC, length and number of entries do not belong together.
    package static func opening(number: Int, run: [UInt8], crc: CRC32, length: Int) throws(LogError) -> (
        segment: Segment, entries: [UInt8]
    ) {
        let entries = try inflate(run, crc: crc, length: length, place: "segment \(number)")
        let leaves: SegmentLeaves
        do {
            leaves = try entries.withUnsafeBufferPointer { try SegmentLeaves($0, segment: number) }
        } catch let error as LogError {
            throw error
        } catch {
            throw LogError(.corrupt, "segment \(number) cannot be read: \(error)")
        }
        let segment = Segment(
            number: number,
            run: run,
            crc: crc,
            length: length,
            root: leaves.root,
            firstRecorded: leaves.firstRecorded,
            lastRecorded: leaves.lastRecorded
        )
        return (segment, entries)
    }

    /// The entries, each followed by a newline; checks length and CRC.
    ///
    /// - Throws: `corrupt`.
    package func entries() throws(LogError) -> [UInt8] {
        try Self.inflate(run, crc: crc, length: length, place: "segment \(number)")
    }

    /// Inflates a run and checks it against what is said of it.
    static func inflate(_ run: [UInt8], crc: CRC32, length: Int, place: String) throws(LogError) -> [UInt8] {
        guard (0...maximumLength).contains(length) else {
            throw LogError(
                .corrupt,
                "\(place) says that it inflates to \(length) bytes; at most \(maximumLength) are allowed"
            )
        }
        let entries: [UInt8]
        do {
            entries = try Deflate.inflate(run: run, length: length)
        } catch {
            throw LogError(.corrupt, "\(place) is damaged: \(error.detail)")
        }
        guard entries.withUnsafeBufferPointer({ CRC32(of: $0) }) == crc else {
            throw LogError(.corrupt, "\(place) is damaged: its CRC-32 does not match its \(length) bytes")
        }
        return entries
    }
}

/// How many bytes a segment takes.
package struct SegmentLengths: Hashable, Sendable {
    /// Of its entries, each followed by a newline.
    package var entries: Int
    /// Of its run; nil while it is not sealed.
    package var run: Int?

    package init(entries: Int, run: Int?) {
        self.entries = entries
        self.run = run
    }
}

/// What is computed over a segment's 256 entries.
private struct SegmentLeaves {
    var root: Hash
    var firstRecorded: Timestamp
    var lastRecorded: Timestamp

    init(_ entries: UnsafeBufferPointer<UInt8>, segment: Int) throws(LogError) {
        var leaves: [Hash] = []
        leaves.reserveCapacity(Segment.entryCount)
        var first: Range<Int>?
        var last = 0..<0
        Merkle.forEachLeaf(of: entries) { leaf, line in
            // One more than fits is enough to know that there are too many.
            if leaves.count <= Segment.entryCount { leaves.append(leaf) }
            if first == nil { first = line }
            last = line
        }
        guard leaves.count == Segment.entryCount, entries.last == Lines.newline, let first else {
            throw LogError(
                .corrupt,
                "segment \(segment) must hold \(Segment.entryCount) entries, each with its newline; these bytes do not"
            )
        }
        guard let firstRecorded = EntrySuffix.recordedTime(of: UnsafeBufferPointer(rebasing: entries[first])),
            let lastRecorded = EntrySuffix.recordedTime(of: UnsafeBufferPointer(rebasing: entries[last]))
        else {
            throw LogError(.corrupt, "the first or last entry of segment \(segment) does not end in its recorded time")
        }
        root = Merkle.root(reducing: &leaves)
        self.firstRecorded = firstRecorded
        self.lastRecorded = lastRecorded
    }
}
