/// Keys in the order in which they were touched last, the one that was not for longest at the front.
struct LongestUntouched<Key: Hashable & Sendable>: Sendable {
    private var stamps: [Key: Int] = [:]
    /// Each touch; those of a key but the last one say nothing any more.
    private var touches: [(key: Key, stamp: Int)] = []
    private var start = 0
    private var next = 0

    var isEmpty: Bool { stamps.isEmpty }

    /// Adds the key, or moves it to the end.
    mutating func touch(_ key: Key) {
        stamps[key] = next
        touches.append((key, next))
        next += 1
        // What says nothing is never more than what does.
        if touches.count > 2 * stamps.count + 16 {
            touches = touches[start...].filter { stamps[$0.key] == $0.stamp }
            start = 0
        }
    }

    mutating func remove(_ key: Key) { stamps[key] = nil }

    /// Takes out the key at the front; nil when there is none.
    mutating func popFirst() -> Key? {
        while start < touches.count {
            let (key, stamp) = touches[start]
            start += 1
            guard stamps[key] == stamp else { continue }
            stamps[key] = nil
            return key
        }
        return nil
    }
}
