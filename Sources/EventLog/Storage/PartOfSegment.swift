internal import AgendaModel
package import Deflate

/// What a commit adds to the first segment that it makes whole, when the log has a part of it already.
package struct PartOfSegment {
    package var count: Int
    package var length: Int
    package var crc: CRC32

    /// nil when the commit carries no sealed segment that begins before it.
    ///
    /// - Throws: `malformed` when the segments are not those that the commit makes whole.
    package init?(of commit: Commit) throws {
        guard let first = commit.sealed.first else { return nil }
        let found = try commit.entries.withUnsafeBufferPointer { bytes -> PartOfSegment? in
            let count = LogSize(segments: first.number + 1).next - commit.first
            guard count < Segment.entryCount else { return nil }
            guard count > 0, let length = EntryBlock.end(ofEntries: count, in: bytes) else { throw Self.mismatch }
            return PartOfSegment(
                count: count,
                length: length,
                crc: CRC32(of: UnsafeBufferPointer(rebasing: bytes[..<length]))
            )
        }
        guard let found else { return nil }
        self = found
    }

    private init(count: Int, length: Int, crc: CRC32) {
        self.count = count
        self.length = length
        self.crc = crc
    }

    /// How many of a commit's entries its sealed segments hold, and in how many bytes.
    package static func sealedEntries(of commit: Commit) throws -> (count: Int, length: Int) {
        guard let first = commit.sealed.first, let last = commit.sealed.last else { return (0, 0) }
        let count = LogSize(segments: last.number + 1).next - commit.first
        let isInOrder = zip(commit.sealed, commit.sealed.dropFirst()).allSatisfy { $0.number + 1 == $1.number }
        let isWithin = LogSize(segments: first.number + 1).contains(commit.first)
        guard isInOrder, isWithin, count <= commit.count,
            let length = commit.entries.withUnsafeBufferPointer({ EntryBlock.end(ofEntries: count, in: $0) })
        else { throw mismatch }
        return (count, length)
    }

    private static let mismatch = LogError(.malformed, "the commit's sealed segments are not those that it makes whole")
}
