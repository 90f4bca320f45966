#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension UnsafeBufferPointer<UInt8> {
    /// Whether these bytes have others in them, in their order and without gaps.
    ///
    /// Finds where they may begin with `memchr`, which looks at many bytes at once.
    package func hasPart(_ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard let start = baseAddress else { return false }
        return part.withUnsafeBufferPointer { part in
            var at = 0
            while part.count <= count - at {
                guard let found = memchr(start + at, Int32(first), count - at - part.count + 1) else { return false }
                if memcmp(found, part.baseAddress!, part.count) == 0 { return true }
                at = UnsafeRawPointer(found) - UnsafeRawPointer(start) + 1
            }
            return false
        }
    }
}

extension [UInt8] {
    /// Whether these bytes have others in them, in their order and without gaps.
    package func hasPart(_ part: [UInt8]) -> Bool { withUnsafeBufferPointer { $0.hasPart(part) } }
}
