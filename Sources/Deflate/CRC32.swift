internal import CZlib

/// The CRC-32 of gzip (RFC 1952, section 8).
package struct CRC32: Hashable, Sendable {
    package var rawValue: UInt32

    /// The value 0 is the CRC of nothing.
    package init(rawValue: UInt32 = 0) { self.rawValue = rawValue }

    package init(of bytes: UnsafeBufferPointer<UInt8>) {
        self.init()
        update(bytes)
    }

    /// Goes on over bytes that follow the ones so far.
    package mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        // zlib takes a null pointer as "give me the start value".
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        rawValue = UInt32(truncatingIfNeeded: crc32_z(UInt(rawValue), base, bytes.count))
    }

    /// The CRC of this content followed by other content of that many bytes, without either content.
    package func followed(by other: CRC32, length: Int) -> CRC32 {
        let combined = crc32_combine(UInt(rawValue), UInt(other.rawValue), length)
        return CRC32(rawValue: UInt32(truncatingIfNeeded: combined))
    }
}
