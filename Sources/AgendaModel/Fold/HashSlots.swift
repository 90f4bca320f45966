/// Finds small numbers by the hash of what they stand for.
///
/// It is an open-addressed table of a power of two of slots, at most half full. Whoever has one keeps what the numbers
/// stand for, and hands the hashes over when the table grows.
struct HashSlots<Slot: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    /// The number + 1 in the low 32 bits; 0 = free.
    ///
    /// A slot of 64 bits has the high half of the hash as well, so that hardly any other number is looked at.
    private var slots: [Slot]
    private(set) var count = 0

    init(expected: Int) {
        var size = 16
        while size < expected * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
    }

    var memory: Int { slots.capacity * MemoryLayout<Slot>.stride }

    /// The number with this hash that passes the test.
    @inline(__always)
    func find(_ hash: UInt64, where isEqual: (Int) -> Bool) -> Int? {
        let mask = slots.count &- 1
        let tag = Self.tag(of: hash)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if Slot.bitWidth == 32 || entry & ~0xFFFF_FFFF == tag {
                let number = Int(UInt32(truncatingIfNeeded: entry)) &- 1
                if isEqual(number) { return number }
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// Takes up the next number.
    ///
    /// - Parameters:
    ///   - hash: of what it stands for.
    ///   - hashOf: gives the hash of an earlier number.
    mutating func add(_ hash: UInt64, hashOf: (Int) -> UInt64) {
        if (count + 1) * 2 > slots.count {
            slots = Array(repeating: 0, count: slots.count * 2)
            for number in 0..<count { place(number, hashOf(number)) }
        }
        place(count, hash)
        count += 1
    }

    private mutating func place(_ number: Int, _ hash: UInt64) {
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot &+ 1) & mask }
        slots[slot] = Self.tag(of: hash) | Slot(truncatingIfNeeded: number &+ 1)
    }

    @inline(__always)
    private static func tag(of hash: UInt64) -> Slot {
        Slot.bitWidth == 32 ? 0 : Slot(truncatingIfNeeded: hash) & ~0xFFFF_FFFF
    }
}
