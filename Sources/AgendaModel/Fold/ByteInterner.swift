/// Gives equal byte strings the same small number, in the order in which they were first met.
package struct ByteInterner: Sendable {
    private struct Item {
        var offset: Int
        var count: Int
        var hash: UInt64
    }

    private var bytes: [UInt8] = []
    private var items: [Item] = []
    private var slots: HashSlots<UInt64>

    /// - Parameter expected: how many byte strings will come, about.
    package init(expected: Int) { slots = HashSlots(expected: expected) }

    var count: Int { items.count }

    var memory: Int {
        bytes.capacity + items.capacity * MemoryLayout<Item>.stride + slots.memory
    }

    /// The number of these bytes; nil when they have none.
    @inline(__always)
    func find(_ text: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UInt32? {
        slots.find(hash) { isEqual($0, text, count: count) }.map { UInt32(truncatingIfNeeded: $0) }
    }

    /// Gives bytes that have no number yet the next one.
    @inline(never)
    mutating func add(_ text: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UInt32 {
        let number = UInt32(items.count)
        slots.add(hash) { items[$0].hash }
        items.append(Item(offset: bytes.count, count: count, hash: hash))
        bytes.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
        return number
    }

    /// The number of these bytes, which get the next one when they have none.
    package mutating func number(of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
        guard let base = text.baseAddress else { return withUnsafePointer(to: 0) { number(of: $0, 0) } }
        return number(of: base, text.count)
    }

    private mutating func number(of text: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        let hash = ByteHash.hash(text, count: count, seed: ByteHash.currentSeed)
        return find(text, count: count, hash: hash) ?? add(text, count: count, hash: hash)
    }

    @inline(__always)
    func withBytes<Result>(
        of number: UInt32,
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        let item = items[Int(number)]
        return try bytes.withUnsafeBufferPointer {
            try body(UnsafeBufferPointer(rebasing: $0[item.offset..<(item.offset + item.count)]))
        }
    }

    func string(of number: UInt32) -> String { withBytes(of: number) { String(decoding: $0, as: UTF8.self) } }

    /// Whether the bytes of one number sort before those of another.
    func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
        let (left, right) = (items[Int(left)], items[Int(right)])
        return bytes.withUnsafeBytes { bytes in
            let common = min(left.count, right.count)
            var at = 0
            while common &- at >= 8 {
                let first = bytes.loadUnaligned(fromByteOffset: left.offset &+ at, as: UInt64.self)
                let second = bytes.loadUnaligned(fromByteOffset: right.offset &+ at, as: UInt64.self)
                if first != second { return first.bigEndian < second.bigEndian }
                at &+= 8
            }
            while at < common {
                let (first, second) = (bytes[left.offset &+ at], bytes[right.offset &+ at])
                if first != second { return first < second }
                at &+= 1
            }
            return left.count < right.count
        }
    }

    @inline(__always)
    private func isEqual(_ number: Int, _ text: UnsafePointer<UInt8>, count: Int) -> Bool {
        let item = items[number]
        guard item.count == count else { return false }
        return bytes.withUnsafeBytes { stored in
            let other = UnsafeRawPointer(text)
            var at = 0
            while count &- at >= 8 {
                let left = stored.loadUnaligned(fromByteOffset: item.offset &+ at, as: UInt64.self)
                if left != other.loadUnaligned(fromByteOffset: at, as: UInt64.self) { return false }
                at &+= 8
            }
            while at < count {
                if stored[item.offset &+ at] != text[at] { return false }
                at &+= 1
            }
            return true
        }
    }
}
