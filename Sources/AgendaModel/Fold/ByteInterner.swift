/// Gives equal byte strings the same small number, in the order in which they were first met.
struct ByteInterner: Sendable {
    private struct Item {
        var offset: Int
        var count: Int
        var hash: UInt64
    }

    private var bytes: [UInt8] = []
    private var items: [Item] = []
    /// Open addressing: high half of the hash, then number + 1; 0 = free.
    ///
    /// A power of two, at most half full.
    private var slots: [UInt64]

    init(expected: Int) {
        var size = 16
        while size < expected * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
    }

    var count: Int { items.count }

    var memory: Int {
        bytes.capacity + items.capacity * MemoryLayout<Item>.stride + slots.capacity * MemoryLayout<UInt64>.stride
    }

    /// The number of these bytes; nil when they have none.
    @inline(__always)
    func find(_ text: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UInt32? {
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if entry >> 32 == hash >> 32 {
                let number = UInt32(truncatingIfNeeded: entry) &- 1
                if isEqual(Int(number), text, count: count) { return number }
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// Gives bytes that have no number yet the next one.
    @inline(never)
    mutating func add(_ text: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> UInt32 {
        if (items.count + 1) * 2 > slots.count { grow() }
        let number = UInt32(items.count)
        items.append(Item(offset: bytes.count, count: count, hash: hash))
        bytes.append(contentsOf: UnsafeBufferPointer(start: text, count: count))
        place(number, hash: hash)
        return number
    }

    @inline(__always)
    func withBytes<Result>(of number: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let item = items[Int(number)]
        return bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[item.offset..<(item.offset + item.count)]))
        }
    }

    func string(of number: UInt32) -> String { withBytes(of: number) { String(decoding: $0, as: UTF8.self) } }

    /// Whether the bytes of one number sort before those of another.
    func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
        withBytes(of: left) { left in withBytes(of: right) { left.lexicographicallyPrecedes($0) } }
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

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for number in items.indices { place(UInt32(number), hash: items[number].hash) }
    }

    private mutating func place(_ number: UInt32, hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
    }
}
