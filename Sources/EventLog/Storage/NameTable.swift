/// Gives each distinct name a number.
///
/// Names come as bytes, and only a new one becomes a `String`.
struct NameTable: Sendable {
    private(set) var names: [String] = []
    private var hashes: [Int] = []
    // Open addressing: indexes into `names`, -1 where free; a power of two, at most half full.
    private var slots = [Int32](repeating: -1, count: 64)

    /// The number of this name.
    mutating func number(of name: UnsafeBufferPointer<UInt8>) -> Int32 {
        // Seeded per process, so that nobody can choose names that meet.
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(name))
        let hash = hasher.finalize()
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if hashes[number] == hash, isEqual(names[number], name) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        let number = Int32(names.count)
        slots[slot] = number
        names.append(String(decoding: name, as: UTF8.self))
        hashes.append(hash)
        if names.count * 2 > slots.count { grow() }
        return number
    }

    mutating func number(of name: String) -> Int32 {
        var name = name
        return name.withUTF8 { number(of: $0) }
    }

    private func isEqual(_ name: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        name.utf8.withContiguousStorageIfAvailable { $0.elementsEqual(bytes) } ?? name.utf8.elementsEqual(bytes)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var slot = hash & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number)
        }
    }
}
