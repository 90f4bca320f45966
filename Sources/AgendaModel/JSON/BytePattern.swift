/// Bytes that are looked for in others (Horspool 1980).
package struct BytePattern: Sendable {
    private let bytes: [UInt8]
    /// How far the search may move on after a byte at the pattern's end.
    private let steps: [Int]

    /// - Parameter text: not empty.
    package init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    /// - Parameter bytes: at least one.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
        var steps = [Int](repeating: bytes.count, count: 256)
        for (index, byte) in bytes.dropLast().enumerated() { steps[Int(byte)] = bytes.count - 1 - index }
        self.steps = steps
    }

    /// Where the pattern begins next.
    ///
    /// - Parameters:
    ///   - text: what is searched.
    ///   - start: the index in it to begin at.
    /// - Returns: an index in the text; nil when the pattern does not occur any more.
    package func firstIndex(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        let last = bytes.count - 1
        var at = start
        while at + last < text.count {
            let byte = text[at + last]
            if byte == bytes[last], text[at..<at + last].elementsEqual(bytes[..<last]) { return at }
            at += steps[Int(byte)]
        }
        return nil
    }

    /// Whether some bytes have it in them.
    package func isPart(of text: [UInt8]) -> Bool { text.withUnsafeBufferPointer { firstIndex(in: $0) != nil } }
}
