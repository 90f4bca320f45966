internal import AgendaModel

/// Seals segments as they become whole, from the entries that were just committed if they are still in memory.
///
/// A commit of at least a whole segment carries its segments sealed, so that its entries are written once. After smaller
/// commits the segment is sealed when the pushes have been answered, so that nobody waits for it.
struct SegmentSealer {
    /// More unsealed bytes than this are not kept: they are read from the store again when they are needed.
    private static let maximumKept = 64 * 1024 * 1024

    private let store: any LogStore
    // The newest entries, from position `first` on, without a gap.
    private var kept: [UInt8] = []
    private var first = Position(0)
    private var count = 0
    // Of segments that became whole, by number.
    private var roots: [Int: Hash] = [:]

    init(store: any LogStore) { self.store = store }

    /// Seals the segments that a commit makes whole, all cores at work.
    ///
    /// - Parameters:
    ///   - commit: not in the store yet.
    ///   - roots: of the segments that it makes whole.
    ///   - sealed: how many segments are sealed already.
    /// - Returns: nothing for a small commit.
    /// - Throws: what reading the tail throws, and `corrupt` for entries that do not end as entries do.
    func segments(madeWholeBy commit: Commit, roots: [Hash], after sealed: Int) throws -> [Segment] {
        let start = LogSize(segments: sealed).next
        let behind = commit.first - start
        guard commit.count >= Segment.entryCount, (0..<Segment.entryCount).contains(behind) else { return [] }
        let entries = try tail(from: start, count: behind) + commit.entries
        return try entries.withUnsafeBufferPointer { bytes in
            var blocks: [UnsafeBufferPointer<UInt8>] = []
            var offset = 0
            for _ in roots {
                let rest = UnsafeBufferPointer(rebasing: bytes[offset...])
                let length = Lines.length(of: Segment.entryCount, in: rest)
                blocks.append(UnsafeBufferPointer(rebasing: rest[..<length]))
                offset += length
            }
            return try Parallel.map(blocks.count) { index throws(LogError) in
                try Segment(number: sealed + index, sealing: blocks[index], root: roots[index])
            }
        }
    }

    /// The entries between the last sealed segment and the end of the log.
    private func tail(from start: Position, count wanted: Int) throws -> [UInt8] {
        guard wanted > 0 else { return [] }
        guard first <= start, first + count == start + wanted else {
            return try store.entries(start..<start + wanted)
        }
        return kept.withUnsafeBufferPointer { Array($0[Lines.length(of: start - first, in: $0)...]) }
    }

    /// Keeps what was just committed.
    ///
    /// The roots are those of the segments that the commit made whole.
    mutating func add(_ commit: Commit, roots: [Hash]) {
        if let last = commit.sealed.last { return keep(after: LogSize(segments: last.number + 1), of: commit) }
        if first + count != commit.first || kept.count + commit.entries.count > Self.maximumKept { forget() }
        if count == 0 { first = commit.first }
        kept += commit.entries
        count += commit.count
        for (offset, root) in roots.enumerated() {
            self.roots[commit.first.segment + offset] = root
        }
    }

    /// Keeps what a commit that carries sealed segments leaves for later.
    private mutating func keep(after sealed: LogSize, of commit: Commit) {
        forget()
        first = sealed.next
        count = commit.first + commit.count - first
        kept = commit.entries.withUnsafeBufferPointer {
            Array($0[Lines.length(of: sealed.next - commit.first, in: $0)...])
        }
    }

    mutating func forget() {
        kept = []
        count = 0
        roots = [:]
    }

    /// Seals every whole segment.
    ///
    /// - Returns: how many segments are sealed now, and what kept the others from it.
    mutating func seal(upTo head: LogHead) -> (count: Int, failure: (any Error)?) {
        var number = head.sealedSegments
        do {
            while number < head.size.wholeSegments {
                try store.seal(segment(number))
                number += 1
            }
        } catch {
            // The entries are safe in the tail: the next commit tries again, from what the store says is sealed.
            forget()
            return ((try? store.head().sealedSegments) ?? number, error)
        }
        return (number, nil)
    }

    private mutating func segment(_ number: Int) throws -> Segment {
        let range = Segment.positions(number)
        guard first <= range.lowerBound, range.upperBound <= first + count else {
            let entries = try store.entries(range)
            return try entries.withUnsafeBufferPointer { try Segment(number: number, sealing: $0) }
        }
        drop(before: range.lowerBound)
        let root = roots.removeValue(forKey: number)
        let (segment, length) = try kept.withUnsafeBufferPointer { bytes in
            let length = Lines.length(of: Segment.entryCount, in: bytes)
            let entries = UnsafeBufferPointer(rebasing: bytes[..<length])
            guard let root else { return (try Segment(number: number, sealing: entries), length) }
            return (try Segment(number: number, sealing: entries, root: root), length)
        }
        kept.removeFirst(length)
        first = range.upperBound
        count -= Segment.entryCount
        return segment
    }

    private mutating func drop(before position: Position) {
        guard first < position else { return }
        kept.removeFirst(kept.withUnsafeBufferPointer { Lines.length(of: position - first, in: $0) })
        count -= position - first
        first = position
    }
}
