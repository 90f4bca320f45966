#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Bytes cut at their newlines.
///
/// Finds them with `memchr`, which looks at many bytes at once.
package enum Lines {
    package static let newline = UInt8(ascii: "\n")

    /// Calls the body with the range of every line, without its newline.
    ///
    /// What follows the last newline is a line only when it is not empty.
    package static func forEach(
        in bytes: UnsafeBufferPointer<UInt8>,
        _ body: (Range<Int>) throws -> Void
    ) rethrows {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count {
            let found = memchr(base + start, Int32(newline), bytes.count - start)
            let end = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? bytes.count
            try body(start..<end)
            start = end + 1
        }
    }

    /// The range of every line, without its newline.
    static func ranges(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        forEach(in: bytes) { ranges.append($0) }
        return ranges
    }

    /// The length of that many lines from the start, newlines included; of all bytes when there are fewer lines.
    static func length(of count: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        end(of: count, from: 0, in: bytes) ?? bytes.count
    }

    /// The offset just behind that many lines, counted from an offset; nil when fewer newlines follow.
    package static func end(
        of count: Int,
        from start: Int,
        in bytes: UnsafeBufferPointer<UInt8>
    ) -> Int? {
        var end = start
        for _ in 0..<count {
            guard end < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + end, Int32(newline), bytes.count - end)
            else { return nil }
            end = UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
        }
        return end
    }

    /// How many newlines there are.
    package static func count(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        for byte in bytes where byte == newline { count += 1 }
        return count
    }
}
