/// Where a value lies in a `ValueAllocator`.
///
/// A JSON value has at least one byte; none at all means absent.
struct ValueSlot: Sendable {
    /// In units of 8 bytes.
    fileprivate var offset: UInt32
    /// Low 24 bits: bytes; high 8 bits: size class.
    fileprivate var countAndClass: UInt32

    static let absent = ValueSlot(offset: 0, countAndClass: 0)
    /// Absent too, and known to be so because the value was erased.
    static let erased = ValueSlot(offset: 1, countAndClass: 0)

    var isAbsent: Bool { countAndClass == 0 }
    var isErased: Bool { countAndClass == 0 && offset == 1 }
    @inline(__always) var count: Int { Int(countAndClass & 0xFF_FFFF) }
    @inline(__always) fileprivate var sizeClass: Int { Int(countAndClass >> 24) }
}

/// Holds the bytes of all values, in blocks of a few sizes that are used again: a slab allocator.
struct ValueAllocator: Sendable {
    private var bytes: [UInt8] = []
    /// The first free block of each size class, as offset + 1; a free block starts with the next one's.
    private var free: [UInt32] = Array(repeating: 0, count: 32)

    var memory: Int { bytes.capacity }

    /// Puts a value in the place of another, or in a new one.
    @inline(__always)
    mutating func replace(_ slot: inout ValueSlot, with value: UnsafePointer<UInt8>, count: Int) {
        let capacity = Self.capacity(of: slot.sizeClass)
        if count > 0, count <= capacity, capacity <= 64 || count > capacity / 4 {
            slot.countAndClass = UInt32(truncatingIfNeeded: slot.sizeClass) << 24 | UInt32(truncatingIfNeeded: count)
            copy(value, count: count, to: Int(slot.offset) &* 8)
            return
        }
        release(slot)
        slot = store(value, count: count)
    }

    @inline(never)
    mutating func store(_ value: UnsafePointer<UInt8>, count: Int) -> ValueSlot {
        guard count > 0 else { return .absent }
        precondition(count < 1 << 24, "no event has a value of this size")
        let sizeClass = Self.sizeClass(for: count)
        let offset: Int
        if free[sizeClass] != 0 {
            offset = Int(free[sizeClass] - 1) * 8
            free[sizeClass] = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        } else {
            offset = bytes.count
            precondition(offset / 8 < UInt32.max, "more than 32 GiB of values")
            bytes.append(contentsOf: repeatElement(0, count: Self.capacity(of: sizeClass)))
        }
        copy(value, count: count, to: offset)
        return ValueSlot(offset: UInt32(offset / 8), countAndClass: UInt32(sizeClass) << 24 | UInt32(count))
    }

    @inline(never)
    mutating func release(_ slot: ValueSlot) {
        guard !slot.isAbsent else { return }
        let next = free[slot.sizeClass]
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: next, toByteOffset: Int(slot.offset) * 8, as: UInt32.self) }
        free[slot.sizeClass] = slot.offset + 1
    }

    /// Releases a value and leaves nothing of it.
    mutating func wipe(_ slot: ValueSlot) {
        let start = Int(slot.offset) * 8
        if !slot.isAbsent { for index in start..<start + slot.count { bytes[index] = 0 } }
        release(slot)
    }

    @inline(__always)
    func withBytes<Result>(of slot: ValueSlot, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let start = Int(slot.offset) * 8
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[start..<(start + slot.count)])) }
    }

    @inline(__always)
    private mutating func copy(_ value: UnsafePointer<UInt8>, count: Int, to offset: Int) {
        bytes.withUnsafeMutableBytes { bytes in
            precondition(offset &+ count <= bytes.count)
            (bytes.baseAddress! + offset).copyMemory(from: value, byteCount: count)
        }
    }

    /// Classes 1 to 8 are multiples of 8 bytes; from there on each is twice the one before.
    ///
    /// Class 0 holds nothing.
    @inline(__always)
    private static func capacity(of sizeClass: Int) -> Int {
        sizeClass <= 8 ? sizeClass &* 8 : 64 &<< (sizeClass &- 8)
    }

    private static func sizeClass(for count: Int) -> Int {
        if count <= 64 { return (count + 7) / 8 }
        var sizeClass = 9
        while capacity(of: sizeClass) < count { sizeClass += 1 }
        return sizeClass
    }
}
