package import AgendaModel
package import Deflate

/// 256 entries, deflated once as a raw run that ends in a full flush.
package struct Segment: Hashable, Sendable {
    package static let entryCount = 256

    /// Holds the entries from `256 * number`.
    package var number: Int
    package var run: [UInt8]
    /// Of the uncompressed form: each entry followed by a newline.
    package var crc: CRC32
    package var length: Int
    /// Root of the 256 leaves.
    package var root: Hash
    package var firstRecorded: Timestamp
    package var lastRecorded: Timestamp

    /// A segment as it was stored; nothing is checked until `entries()`.
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
    package init(number: Int, sealing entries: UnsafeBufferPointer<UInt8>) throws(LogError) { fatalError("skeleton") }

    /// A segment whose run came from elsewhere: inflates and checks it. Gives the entries too, for who goes on to fold.
    package static func opening(number: Int, run: [UInt8], crc: CRC32, length: Int) throws(LogError) -> (
        segment: Segment, entries: [UInt8]
    ) { fatalError("skeleton") }

    /// The entries, each followed by a newline; checks length and CRC.
    package func entries() throws(LogError) -> [UInt8] { fatalError("skeleton") }
}

/// The last attribute of every entry, added by the log: `,"recordedtime":"2026-11-12T10:11:12.123Z"}`.
package enum EntrySuffix {
    /// 42 bytes: what replaces the event's closing brace, plus that brace.
    package static let length = 42
    package static func bytes(_ time: Timestamp) -> [UInt8] { fatalError("skeleton") }
    /// The device's own bytes of an entry.
    package static func event(of entry: UnsafeBufferPointer<UInt8>) -> [UInt8] { fatalError("skeleton") }
}

/// Puts sealed runs and fresh ones together into one gzip stream, piece by piece.
package struct GzipStreamAssembler: Sendable {
    package init() { fatalError("skeleton") }
    package func header() -> [UInt8] { fatalError("skeleton") }
    /// Deflates entries that no sealed run covers.
    package mutating func fresh(_ entries: [UInt8]) -> [UInt8] { fatalError("skeleton") }
    /// Takes a sealed run as it is.
    package mutating func sealed(_ segment: Segment) -> [UInt8] { fatalError("skeleton") }
    /// Final empty block, CRC-32 of everything, length mod 2^32.
    package func trailer() -> [UInt8] { fatalError("skeleton") }
}

/// Segment members: each block of entries as a gzip member of its own, with an extra field (`AM`) that gives the
/// member's size, its first position and its number of entries.
package enum SegmentMember {
    /// A whole sealed segment.
    package static func bytes(of segment: Segment) -> [UInt8] { fatalError("skeleton") }
    /// Entries that no sealed run covers: fewer than 256, within one segment.
    package static func bytes(of entries: [UInt8], count: Int, from first: Position) -> [UInt8] {
        fatalError("skeleton")
    }
}

/// Cuts a stream of segment members into members without inflating, as bytes arrive.
package struct SegmentMemberReader: Sendable {
    package struct Member: Sendable {
        package var first: Position
        package var count: Int
        package var run: [UInt8]
        package var crc: CRC32
        package var length: Int
        /// The entries, each followed by a newline; checks length, CRC and count.
        package func entries() throws(LogError) -> [UInt8] { fatalError("skeleton") }
    }
    package init() { fatalError("skeleton") }
    /// Gives the members that are complete.
    package mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>) throws(LogError) -> [Member] {
        fatalError("skeleton")
    }
    /// Whether the stream may end here.
    package var isAtMemberBoundary: Bool { fatalError("skeleton") }
}
