internal import Deflate

/// Puts sealed runs and fresh ones together into one gzip stream (RFC 1952), piece by piece: header, runs, trailer.
package struct GzipStreamAssembler: Sendable {
    private var crc = CRC32()
    private var length = 0

    package init() {}

    /// The first piece.
    package func header() -> [UInt8] { Gzip.header }

    /// Deflates entries that no sealed run covers.
    package mutating func fresh(_ entries: [UInt8]) -> [UInt8] {
        guard !entries.isEmpty else { return [] }
        return entries.withUnsafeBufferPointer { bytes in
            add(CRC32(of: bytes), bytes.count)
            return Deflate.run(bytes)
        }
    }

    /// Takes a sealed run as it is.
    package mutating func sealed(_ segment: Segment) -> [UInt8] {
        add(segment.crc, segment.length)
        return segment.run
    }

    private mutating func add(_ piece: CRC32, _ count: Int) {
        crc = crc.followed(by: piece, length: count)
        length += count
    }

    /// The last piece: final empty block, CRC-32 of everything, length mod 2^32.
    package func trailer() -> [UInt8] { Gzip.finalBlock + Gzip.trailer(crc, length: length) }
}
