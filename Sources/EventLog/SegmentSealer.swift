internal import AgendaModel

/// Seals segments as they become whole, from the entries that were just committed if they are still in memory.
struct SegmentSealer {
    /// More unsealed bytes than this are not kept: they are read from the store again when they are needed.
    private static let maximumKept = 64 * 1024 * 1024

    private let store: any LogStore
    // The newest entries, from position `first` on, without a gap.
    private var kept: [UInt8] = []
    private var first = 0
    private var count = 0
    // Of segments that became whole, by number.
    private var roots: [Int: Hash] = [:]

    init(store: any LogStore) { self.store = store }

    /// Keeps what was just committed.
    ///
    /// The roots are those of the segments that the commit made whole.
    mutating func add(_ commit: Commit, roots: [Hash]) {
        if first + count != commit.first.rawValue || kept.count + commit.entries.count > Self.maximumKept { forget() }
        if count == 0 { first = commit.first.rawValue }
        kept += commit.entries
        count += commit.count
        for (offset, root) in roots.enumerated() {
            self.roots[commit.first.rawValue / Segment.entryCount + offset] = root
        }
    }

    mutating func forget() {
        kept = []
        count = 0
        roots = [:]
    }

    /// Seals every whole segment.
    ///
    /// - Returns: how many segments are sealed now.
    mutating func seal(upTo head: Head) -> Int {
        var number = head.sealedSegments
        do {
            while (number + 1) * Segment.entryCount <= head.size.rawValue {
                try store.seal(segment(number))
                number += 1
            }
        } catch {
            // The entries are safe in the tail: the next commit tries again, from what the store says is sealed.
            forget()
            return (try? store.head().sealedSegments) ?? number
        }
        return number
    }

    private mutating func segment(_ number: Int) throws -> Segment {
        let start = number * Segment.entryCount
        let end = start + Segment.entryCount
        guard first <= start, end <= first + count else {
            let entries = try store.entries(Position(start)..<Position(end))
            return try entries.withUnsafeBufferPointer { try Segment(number: number, sealing: $0) }
        }
        drop(before: start)
        let root = roots.removeValue(forKey: number)
        let (segment, length) = try kept.withUnsafeBufferPointer { bytes in
            let length = Lines.length(of: Segment.entryCount, in: bytes)
            let entries = UnsafeBufferPointer(rebasing: bytes[..<length])
            guard let root else { return (try Segment(number: number, sealing: entries), length) }
            return (try Segment(number: number, sealing: entries, root: root), length)
        }
        kept.removeFirst(length)
        first = end
        count -= Segment.entryCount
        return segment
    }

    private mutating func drop(before position: Int) {
        guard first < position else { return }
        kept.removeFirst(kept.withUnsafeBufferPointer { Lines.length(of: position - first, in: $0) })
        count -= position - first
        first = position
    }
}
