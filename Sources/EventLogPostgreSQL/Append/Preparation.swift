internal import AgendaModel
internal import Deflate
internal import EventLog

/// What a commit, or a seal, replaces in the database, worked out from what was read of it.
///
/// It holds as long as nothing about the log has changed since.
struct Preparation {
    /// The count of changes that it was read at; nil when nothing had to be read.
    var changes: Int?
    /// The commit's own entries, as far as they go into the tail.
    var rows: [TailRow] = []
    /// The commit's sealed segments.
    var sealed: [Segment] = []
    /// Segments that are sealed, with entries erased.
    var segments: [Segment] = []
    /// Rows of the tail, with entries erased.
    var tail: [(first: Position, crc: CRC32, entries: [UInt8])] = []
    /// What is erased with it.
    var erasures: [Erasure] = []
}

extension PostgreSQLLogStore {
    enum PreparationOutcome {
        case ready(Preparation)
        case conflict(LogSize)
    }

    /// Reads what has to be known of the log before a commit is sent.
    ///
    /// - Throws: `corrupt` when a sealed segment does not hold what the tail holds.
    func prepare(_ addition: LogAddition) throws -> PreparationOutcome {
        let commit = addition.commit
        var preparation = Preparation(rows: addition.rows, sealed: commit.sealed)
        guard addition.fault == nil else { return .ready(preparation) }
        let odd = addition.subjects.given.filter { DerivedName($0.name) != nil }
        guard addition.part != nil || !commit.erasures.isEmpty || !odd.isEmpty else { return .ready(preparation) }
        for subject in odd where try position(ofSubject: subject.name) != nil {
            throw LogError(.malformed, "the subject created at position \(subject.position) exists already")
        }
        let numbers = Set(commit.erasures.map(\.position.segment)).sorted()
        let selects = [
            statement("SELECT size, sealed, changes FROM agendas WHERE id = $1"),
            selectTail(of: commit.sealed.first?.number ?? -1),
            statement("\(Self.selectSegments) AND number = ANY($2) ORDER BY number", [.integers(numbers)]),
            statement(
                "SELECT first, count, crc, entries FROM commits WHERE agenda = $1 AND first / 256 = ANY($2) ORDER BY first",
                [.integers(numbers)]
            ),
        ]
        return try reading(selects) { rows in
            guard let head = rows[0].first else { throw notFound }
            let (size, sealed) = (LogSize(try head.integer(0)), try head.integer(1))
            guard size == addition.expected else { return .conflict(size) }
            preparation.changes = try head.integer(2)
            if let first = commit.sealed.first, let part = addition.part, first.number == sealed {
                var sum = SegmentSum(of: first.number)
                for row in rows[1] { try sum.add(row) }
                sum.add(part)
                try sum.check(first)
            }
            try preparation.erase(
                commit.erasures,
                segments: rows[2].map { try segment($0) },
                tail: rows[3].map { try block($0) }
            )
            return .ready(preparation)
        }
    }

    /// What the tail holds of a segment, without the entries.
    func selectTail(of number: Int) -> Statement {
        statement(
            """
            SELECT first, count, crc, length(entries)::bigint FROM commits
            WHERE agenda = $1 AND first BETWEEN $2 * 256 AND $2 * 256 + 255 ORDER BY first
            """,
            [.integer(number)]
        )
    }
}

extension Preparation {
    /// Works out what erasing leaves, wherever the entries are or will be.
    fileprivate mutating func erase(
        _ wanted: [Erasure],
        segments stored: [Segment],
        tail blocks: [(first: Position, count: Int, entries: [UInt8])]
    ) throws {
        guard !wanted.isEmpty else { return }
        let own = Set(sealed.map(\.number))
        for segment in stored {
            guard let (segment, replaced) = try segment.erasing(wanted.within(segment.number)) else { continue }
            segments.append(segment)
            erasures += replaced
        }
        for index in sealed.indices {
            guard let (segment, replaced) = try sealed[index].erasing(wanted.within(sealed[index].number)) else {
                continue
            }
            sealed[index] = segment
            erasures += replaced
        }
        // A row that goes when its segment is sealed with this commit has been dealt with.
        for block in blocks where !own.contains(block.first.segment) {
            guard let (entries, replaced) = wanted.applied(to: block.entries, from: block.first) else { continue }
            let crc = entries.withUnsafeBufferPointer { CRC32(of: $0) }
            tail.append((block.first, crc, entries))
            erasures += replaced
        }
        for index in rows.indices {
            guard let (entries, replaced) = wanted.applied(to: rows[index].entries, from: rows[index].first) else {
                continue
            }
            rows[index].entries = entries
            rows[index].crc = entries.withUnsafeBufferPointer { CRC32(of: $0) }
            erasures += replaced
        }
    }
}

extension [Erasure] {
    fileprivate func within(_ segment: Int) -> [Erasure] { filter { $0.position.segment == segment } }
}

/// Adds up what the tail holds of a segment, and compares: the tail's rows go when it is sealed.
struct SegmentSum {
    private let number: Int
    private var count = 0
    private var crc = CRC32()
    private var length = 0
    private var isWhole = true

    init(of number: Int) { self.number = number }

    mutating func add(_ row: Row) throws {
        if try row.integer(0) != number * Segment.entryCount + count { isWhole = false }
        add(
            count: try row.integer(1),
            crc: CRC32(rawValue: UInt32(truncatingIfNeeded: try row.integer(2))),
            length: try row.integer(3)
        )
    }

    mutating func add(_ part: PartOfSegment) { add(count: part.count, crc: part.crc, length: part.length) }

    private mutating func add(count: Int, crc: CRC32, length: Int) {
        self.count += count
        self.crc = self.crc.followed(by: crc, length: length)
        self.length += length
    }

    /// - Throws: `corrupt` when the segment holds anything else.
    func check(_ segment: Segment) throws {
        guard isWhole, count == Segment.entryCount, crc == segment.crc, length == segment.length else {
            throw LogError(
                .corrupt,
                "segment \(segment.number) does not hold the entries that the log has in its place"
            )
        }
    }
}
