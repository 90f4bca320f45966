package import AgendaModel
package import Deflate

/// Cuts a stream of segment members into members without inflating, as bytes arrive.
///
/// Holds at most one member that is not complete, and that one is limited.
package struct SegmentMemberReader: Sendable {
    package struct Member: Sendable {
        package var first: Position
        package var count: Int
        package var run: [UInt8]
        package var crc: CRC32
        package var length: Int

        /// The entries, each followed by a newline; checks length, CRC and count.
        ///
        /// - Throws: `corrupt`.
        package func entries() throws(LogError) -> [UInt8] {
            let place = "the member with the entries from \(first)"
            let entries = try Segment.inflate(run, crc: crc, length: length, place: place)
            guard entries.last == Lines.newline, entries.withUnsafeBufferPointer(Lines.count) == count else {
                throw LogError(.corrupt, "\(place) does not hold the \(count) lines that its header says")
            }
            return entries
        }
    }

    private var held: [UInt8] = []
    // Set by the first error: after it there is no telling where a member starts.
    private var failure: LogError?
    private var consumed = 0

    package init() {}

    /// Gives the members that are complete.
    ///
    /// - Throws: `malformed` when the bytes are no segment members; then again at every call.
    package mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>) throws(LogError) -> [Member] {
        if let failure { throw failure }
        do {
            held.append(contentsOf: bytes)
            return try cut()
        } catch {
            failure = error
            held = []
            throw error
        }
    }

    private mutating func cut() throws(LogError) -> [Member] {
        var members: [Member] = []
        var start = 0
        while let size = try memberSize(at: start), held.count - start >= size {
            members.append(try member(start..<(start + size)))
            start += size
        }
        held.removeFirst(start)
        consumed += start
        return members
    }

    /// The size in the header that starts here; nil when the header is not complete.
    private func memberSize(at start: Int) throws(LogError) -> Int? {
        let fixed = SegmentMember.headerStart
        let available = held[start...]
        guard available.prefix(fixed.count).elementsEqual(fixed.prefix(available.count)) else {
            throw LogError(
                .malformed,
                "no segment member starts at byte \(consumed + start) of the answer; is this an Ambit server?"
            )
        }
        guard available.count >= SegmentMember.headerLength else { return nil }
        let size = number(at: start + 16, bytes: 4)
        let least = SegmentMember.headerLength + Deflate.shortestRun + SegmentMember.trailerLength
        guard (least...SegmentMember.maximumLength).contains(size) else {
            throw fault("says that it is \(size) bytes; \(SegmentMember.maximumLength) are allowed", at: start)
        }
        return size
    }

    private func member(_ range: Range<Int>) throws(LogError) -> Member {
        let first = number(at: range.lowerBound + 20, bytes: 8)
        let count = number(at: range.lowerBound + 28, bytes: 4)
        let end = range.upperBound - SegmentMember.trailerLength
        guard first >= 0, (1...Segment.entryCount).contains(count),
            first % Segment.entryCount + count <= Segment.entryCount
        else {
            throw fault("has \(count) entries from \(first), which is not within one segment", at: range.lowerBound)
        }
        guard held[end...].starts(with: Gzip.finalBlock) else {
            throw fault("does not end where its header says", at: range.lowerBound)
        }
        let length = number(at: end + 6, bytes: 4)
        guard length <= Segment.maximumLength else {
            throw fault("inflates to \(length) bytes; \(Segment.maximumLength) are allowed", at: range.lowerBound)
        }
        return Member(
            first: Position(first),
            count: count,
            run: Array(held[(range.lowerBound + SegmentMember.headerLength)..<end]),
            crc: CRC32(rawValue: UInt32(number(at: end + 2, bytes: 4))),
            length: length
        )
    }

    private func fault(_ what: String, at start: Int) -> LogError {
        LogError(.malformed, "the segment member at byte \(consumed + start) of the answer \(what)")
    }

    private func number(at offset: Int, bytes: Int) -> Int {
        held[offset..<(offset + bytes)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// Whether the stream may end here.
    package var isAtMemberBoundary: Bool { held.isEmpty && failure == nil }
}
