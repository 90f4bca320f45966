package import AgendaModel
internal import Deflate
package import EventLog
internal import Foundation
internal import GRDB

// A pull stages whole segments as they arrive: they are rows of `segments` beyond the log's size, which nobody reads
// but this. A pull that is cut goes on after them. Installing a checkpoint makes them count, without moving a byte.
extension SQLiteLogStore {
    /// The numbers of the segments that are staged: those beyond what counts, without gaps.
    ///
    /// The first may be the one that the tail's entries belong to.
    package func stagedSegments() throws -> Range<Int> {
        try reading { db in
            let counted = try sealedCount(db, end: try LogEnd.read(db))
            return counted..<max(counted, try storedCount(db))
        }
    }

    /// Reads staged segments, for going on after an interruption.
    ///
    /// Shorter than asked for where they end, and where they are long.
    package func staged(_ numbers: Range<Int>) throws -> [Segment] {
        try reading { db in
            let counted = try sealedCount(db, end: try LogEnd.read(db))
            let staged = counted..<max(counted, try storedCount(db))
            return try readSegments(numbers.clamped(to: staged), db, atMost: Self.bytesAtOnce)
        }
    }

    /// Keeps segments that have been opened without error and that follow those that are there, all in one transaction.
    ///
    /// They do not count yet.
    ///
    /// - Throws: `malformed` when they are not the next ones.
    package func stage(_ segments: [Segment]) throws {
        try writingRelaxed { db in
            var next = try storedCount(db)
            for segment in segments {
                guard segment.number == next else {
                    throw LogError(
                        .malformed,
                        "segment \(segment.number) does not follow those that were pulled before"
                    )
                }
                try insert(segment, db)
                next += 1
            }
        }
    }

    /// Drops what is staged: after a pull that did not match its checkpoint, for example.
    package func discardStaged() throws {
        try writing { db in
            let counted = try sealedCount(db, end: try LogEnd.read(db))
            try db.execute(sql: "DELETE FROM segments WHERE number >= ?", arguments: [counted])
        }
    }

    /// Extends the log up to a checkpoint, in one durable transaction: staged segments and tail count from then on, and
    /// events that are in the log now leave the outbox.
    ///
    /// The caller has verified that the tree over the log, the staged segments and the tail has the checkpoint's root.
    ///
    /// - Returns: `conflict` when another process extended the replica; nothing was done then.
    /// - Throws: `malformed` when segments or entries are missing or left over, `badSignature`, `corrupt`.
    package func install(_ addition: VerifiedPull, expecting size: LogSize) throws -> AppendOutcome {
        if let damage { throw damage }
        let newSize = addition.checkpoint.checkpoint.size
        guard try identity.verifierKey.verify(addition.checkpoint.note) == addition.checkpoint, newSize > size else {
            throw LogError(.malformed, "the checkpoint to install is not beyond the log")
        }
        let whole = newSize.wholeSegments
        let first = max(LogSize(segments: whole), size)
        let rows = try TailRow.rows(
            from: first.next,
            count: newSize - first,
            entries: addition.tail
        ) { block in
            guard let time = EntryBlock.lastRecordedTime(in: block) else {
                throw LogError(.malformed, "an entry of the tail does not end in its recorded time")
            }
            return time
        }
        defer { noteErasures(addition.erasures) }
        return try writing { db in
            let end = try LogEnd.read(db)
            guard end.size == size else { return .conflict(actual: end.size) }
            guard try storedCount(db) == whole else {
                throw LogError(.malformed, "the staged segments do not end where the checkpoint's last whole one does")
            }
            try checkTime(of: end, db)
            try checkJoint(end: end, whole: whole, db)
            for row in rows { try row.insert(db) }
            let recorded = try rows.last?.recorded ?? lastRecordedTime(ofSegment: whole - 1, db)
            guard recorded >= end.recorded ?? recorded else {
                throw LogError(
                    .corrupt,
                    "the recorded times of the pulled entries go backwards; tell the server's operator"
                )
            }
            try insert(addition.checkpoint, recorded: recorded, db)
            for number in Set([max(size - 1, .zero), size].map(\.wholeSegments))
            where number < whole {
                try removeSealed(number, db)
            }
            try CounterRunWriter.insert(addition.runs, db)
            let own = addition.runs.filter { $0.source == addition.source }
            try outbox.removeInstalled(own, db)
            if let counter = addition.nextCounter { try Outbox.raiseNextCounter(to: counter, db) }
            try setReplicaFacts(addition.facts, db)
            try erase(addition.erasures, db)
            return .committed
        }
    }

    private func lastRecordedTime(ofSegment number: Int, _ db: Database) throws -> Timestamp {
        guard let segment = try readSegments(number..<number + 1, db).first else { throw corrupt("segment \(number)") }
        return segment.lastRecorded
    }

    /// The log goes on behind its last entry's own time, whatever is stored beside it.
    private func checkTime(of end: LogEnd, _ db: Database) throws {
        guard end.size > .zero else { return }
        let last = try readBlocks(from: end.size.next - 1, to: end.size.next, db).last
        let time = try last.flatMap { block in
            try entries(of: block).withUnsafeBufferPointer { EntryBlock.lastRecordedTime(in: $0) }
        }
        guard time == end.recorded else { throw corrupt("the recorded time of entry \(end.size - 1)") }
    }

    /// The segment that takes over the tail's entries must begin with exactly them: they are deleted after this.
    private func checkJoint(end: LogEnd, whole: Int, _ db: Database) throws {
        let number = end.size.wholeSegments
        let first = LogSize(segments: number)
        guard number < whole, first < end.size else { return }
        let tail = try readBlocks(from: first.next, to: end.size.next, db, limit: Segment.entryCount)
        let sealed = try readSegments(number..<number + 1, db)
        let entries = try sealed.flatMap { try self.entries(of: .sealed($0)) }
        guard entries.starts(with: try tail.flatMap { try self.entries(of: $0) }) else {
            throw LogError(.corrupt, "segment \(number) as pulled does not begin with the entries that the replica has")
        }
    }
}
