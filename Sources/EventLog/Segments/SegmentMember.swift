package import AgendaModel
internal import Deflate

/// Segment members: each block of entries is a gzip member of its own.
///
/// An extra field (`AM`) gives the member's size, its first position and its number of entries.
///
/// All numbers are little-endian:
///
///     offset  bytes
///      0      1f 8b 08 04      gzip, deflate, with an extra field and nothing else optional
///      4      00 00 00 00 00   no time, no hint
///      9      ff               unknown operating system
///     10      14 00            length of the extra field: 20
///     12      41 4d 10 00      subfield "AM" of 16 bytes
///     16      u32              size of the whole member in bytes, header and trailer included
///     20      u64              position of the first entry
///     28      u32              number of entries, 1 to 256
///     32      run              raw deflate that ends in a full flush
///     -10     03 00            final empty block
///     -8      u32              CRC-32 of the entries, each with its newline
///     -4      u32              their length
package enum SegmentMember {
    static let headerLength = 32
    static let trailerLength = 10
    static let headerStart: [UInt8] = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 20, 0, 0x41, 0x4D, 16, 0]
    /// Larger members are refused.
    ///
    /// Deflate adds little to bytes that it cannot make smaller.
    package static let maximumLength = Segment.maximumLength + Segment.maximumLength >> 10 + 1024

    /// How long a member with a run of this length is.
    package static func length(ofRun length: Int) -> Int { headerLength + length + trailerLength }

    /// A whole sealed segment.
    package static func bytes(of segment: Segment) -> [UInt8] {
        let first = Position(segment.number * Segment.entryCount)
        return bytes(segment.run, crc: segment.crc, length: segment.length, count: Segment.entryCount, from: first)
    }

    /// Entries that no sealed run covers: fewer than 256, within one segment.
    ///
    /// Each entry is followed by a newline; the count is theirs, 1 to 256; `first` is the position of the first one.
    package static func bytes(of entries: [UInt8], count: Int, from first: Position) -> [UInt8] {
        precondition((1...Segment.entryCount).contains(count), "a member holds 1 to 256 entries")
        return entries.withUnsafeBufferPointer { content in
            bytes(Deflate.run(content), crc: CRC32(of: content), length: content.count, count: count, from: first)
        }
    }

    private static func bytes(_ run: [UInt8], crc: CRC32, length: Int, count: Int, from first: Position) -> [UInt8] {
        var member: [UInt8] = []
        let size = Self.length(ofRun: run.count)
        member.reserveCapacity(size)
        member += headerStart
        member.append(UInt32(size))
        member.append(UInt64(first.rawValue))
        member.append(UInt32(count))
        member += run
        member += Gzip.finalBlock
        member += Gzip.trailer(crc, length: length)
        return member
    }
}

extension [UInt8] {
    /// Appends a number, least significant byte first.
    fileprivate mutating func append(_ number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
