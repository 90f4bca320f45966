/// Whole-body gzip (RFC 1952), for small answers and uploads, and the parts that gzip streams are put together from.
package enum Gzip {
    /// No name, no time, unknown operating system: the same content always gives the same bytes.
    package static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    /// An empty final block with fixed codes: ends a row of runs.
    package static let finalBlock: [UInt8] = [0x03, 0x00]

    /// One gzip member with this content.
    package static func compress(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { content in
            header + Deflate.finalRun(content) + trailer(CRC32(of: content), length: content.count)
        }
    }

    /// What ends a gzip member: the CRC and the length modulo 2^32, both little-endian.
    package static func trailer(_ crc: CRC32, length: Int) -> [UInt8] {
        littleEndian(crc.rawValue) + littleEndian(UInt32(truncatingIfNeeded: length))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
