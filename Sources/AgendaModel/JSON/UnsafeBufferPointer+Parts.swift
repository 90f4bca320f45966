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
    /// Finds them with `memmem`, which looks at many bytes at once.
    package func hasPart(_ part: [UInt8]) -> Bool {
        guard let start = baseAddress else { return part.isEmpty }
        return part.withUnsafeBufferPointer { part in
            guard let wanted = part.baseAddress else { return true }
            return memmem(start, count, wanted, part.count) != nil
        }
    }
}

extension [UInt8] {
    /// Whether these bytes have others in them, in their order and without gaps.
    package func hasPart(_ part: [UInt8]) -> Bool { withUnsafeBufferPointer { $0.hasPart(part) } }
}
