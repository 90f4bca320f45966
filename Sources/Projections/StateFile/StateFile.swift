package import AgendaModel
package import EventLog
internal import GRDB
internal import SQLiteFiles
internal import Synchronization

/// The read models of one agenda in a SQLite file, on the server and on every laptop.
///
/// The file is disposable: it can be made again from the log. One call at a time folds. Any number of tasks read
/// meanwhile, each from a snapshot of its own. Errors are `ProjectionError`, besides those of the log.
package final class StateFile: Sendable {
    let path: String
    /// The pool that everybody uses; replaced when the file is made anew, or opened for writing.
    private let connection: Mutex<DatabasePool>
    /// Held by the one call that folds.
    private let folding = Mutex(StateFileWriter())
    /// The log that the file was brought up to last, from which it can be made anew; held for that alone.
    private let lastLog = Mutex<(any LogReader)?>(nil)
    /// Of the size that it was computed at.
    private let lastProgress = Mutex<(size: LogSize, items: [Progress])?>(nil)
    /// Whether something of what was erased may be left in the file, as far as is known here.
    private let mayHaveToScrub = Mutex(true)

    /// Opens the file, or makes it.
    ///
    /// A file that is damaged, of another version, or no state file gives way to a new one.
    package init(at path: String) throws {
        self.path = path
        connection = Mutex(try StateConnection.open(path))
    }

    /// Folds what the log has beyond the file's size, in batches, each in one transaction with its size.
    ///
    /// A file that came from another log, or from one that has been put back since, is emptied first; a damaged one is
    /// made anew. A crash at any point leaves a file that the next call takes further.
    ///
    /// - Parameters:
    ///   - log: where the entries are; always the same log for one file.
    ///   - end: the size to stop at; nil for all that the log has. A file for such a size passes: what is damaged in it is not
    ///     made anew.
    ///   - batch: the greatest number of entries folded in one transaction.
    ///   - scrubs: whether what was erased is cleared away, which may wait for a reader for a moment.
    ///   - progress: called after each transaction with the size reached.
    ///   - report: called when clearing away what was erased fails; the next call tries it again.
    /// - Throws: `ProjectionError`, or what the log throws; what was folded before stays.
    package func catchUp(
        with log: any LogReader,
        upTo end: LogSize? = nil,
        batch: Int = StateFileWriter.entriesPerTransaction,
        scrubs: Bool = true,
        progress: ((LogSize) -> Void)? = nil,
        reporting report: (UpkeepFailure) -> Void = { _ in }
    ) throws {
        if end == nil { lastLog.withLock { $0 = log } }
        var mayMakeAnew = end == nil
        try reopenForWriting()
        // What cannot be written may need nothing.
        if pool.configuration.readonly, try size() == log.head().size, try isFolded(from: log) { return }
        defer { if scrubs { scrub(reporting: report) } }
        while true {
            do {
                guard let step = try step(with: log, upTo: end, batch: batch) else { return }
                progress?(step.size)
                if step.isLast { return }
            } catch let error as ProjectionError where error.code == .damaged && mayMakeAnew {
                mayMakeAnew = false
                try makeAnew()
            }
        }
    }

    /// Folds what the log has beyond the file's size, for a file that passes.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - end: the size to stop at.
    ///   - batch: the greatest number of entries folded in one transaction.
    ///   - folding: what folds each entry, and does something besides.
    ///   - progress: called after each transaction with the size reached.
    /// - Throws: `ProjectionError`, or what the log and `folding` throw.
    func catchUp(
        with log: any LogReader,
        upTo end: LogSize,
        batch: Int,
        folding: @escaping StateFileWriter.EntryFold,
        progress: ((LogSize) -> Void)?
    ) throws {
        while let step = try step(with: log, upTo: end, batch: batch, folding: folding) {
            progress?(step.size)
            if step.isLast { return }
        }
    }

    /// Throws everything away and folds the log from its first entry.
    package func rebuild(from log: any LogReader, progress: ((LogSize) -> Void)? = nil) throws {
        try makeAnew()
        try catchUp(with: log, progress: progress)
    }

    /// Reads from one snapshot of the file.
    ///
    /// A row that is not as it was written has the file made anew, once, and read again: so the body may be called twice.
    ///
    /// - Parameters:
    ///   - pending: events that are not in the log yet, laid over what is read, in the order of their counters.
    ///   - personal: whether personal fields are part of what is read.
    ///   - body: reads; what it is given must not leave it.
    /// - Returns: what the body returns.
    /// - Throws: `ProjectionError`; what the body throws; `EventProblem` for a pending event that cannot be read.
    package func read<Value>(
        pending: [[UInt8]] = [],
        personal: PersonalFields.Treatment = .included,
        _ body: (StateView) throws -> Value
    ) throws -> Value {
        do {
            return try readOnce(pending, personal, body)
        } catch let error as ProjectionError where error.code == .damaged {
            guard let log = lastLog.withLock({ $0 }) else { throw error }
            // All of it can be made again, and is: what else is wrong in the file nobody can say.
            try rebuild(from: log)
            return try readOnce(pending, personal, body)
        }
    }

    /// Reads without making the file anew where it is damaged: whoever cannot wait for that is told of the damage.
    ///
    /// - Parameter body: reads; what it is given must not leave it.
    /// - Returns: what the body returns.
    /// - Throws: `ProjectionError`; what the body throws.
    package func readAsIs<Value>(_ body: (StateView) throws -> Value) throws -> Value {
        try readOnce([], .included, body)
    }

    private func readOnce<Value>(
        _ pending: [[UInt8]],
        _ personal: PersonalFields.Treatment,
        _ body: (StateView) throws -> Value
    ) throws -> Value {
        try ProjectionError.translating(path) {
            try pool.unsafeReentrantRead { db in
                // A body that reads the file once more gets the same snapshot.
                if db.isInsideTransaction { return try body(StateView(db, pending: pending, personal: personal)) }
                var value: Value?
                try db.inTransaction(.deferred) {
                    value = try body(StateView(db, pending: pending, personal: personal))
                    return .commit
                }
                return value!
            }
        }
    }

    /// Closes the file; afterwards every call throws.
    package func close() throws {
        try ProjectionError.translating(path) {
            // Leaves one whole file; where readers are in the way, the next writer finishes it.
            try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try pool.close()
        }
    }

    var pool: DatabasePool { connection.withLock { $0 } }

    /// Opens the file for writing, if it was opened for reading only.
    private func reopenForWriting() throws {
        try connection.withLock { pool in
            guard pool.configuration.readonly else { return }
            // First: SQLite shares what it knows of a file among the connections of a process.
            try? pool.close()
            pool = try StateConnection.open(path)
        }
    }

    /// Whether what is in the file, at its size, was folded from this log.
    ///
    /// It was not, as far as anybody can tell, where the file does not say as it was written what it was folded from.
    package func isFolded(from log: any LogReader) throws -> Bool {
        let end = try log.head().size
        do {
            return try read { view in
                guard view.size <= end else { return false }
                return try LogMark(view.db).holds(for: log, of: end)
            }
        } catch let error as ProjectionError where error.code == .damaged {
            return false
        }
    }

    private func step(
        with log: any LogReader,
        upTo end: LogSize?,
        batch: Int,
        folding entryFold: StateFileWriter.EntryFold? = nil
    ) throws -> StateFileWriter.Step? {
        try ProjectionError.translating(path) {
            let size = try pool.read(LogMark.readSize)
            return try folding.withLock { folding in
                if try size == end || folding.isUpToDate(at: size, with: log) { return nil }
                defer { lastProgress.withLock { $0 = nil } }
                // Only a step can erase.
                mayHaveToScrub.withLock { $0 = true }
                return try folding.step(pool, log: log, upTo: end, batch: batch, folding: entryFold)
            }
        }
    }

    /// Whether something of what was erased may be left in the file because something was in the way.
    package var isScrubDue: Bool { mayHaveToScrub.withLock { $0 } }

    /// Has nothing of what was erased left in the file; what is in the way is tried again the next time.
    private func scrub(reporting report: (UpkeepFailure) -> Void) {
        guard isScrubDue else { return }
        do {
            let isDone = try ProjectionError.translating(path) {
                try pool.writeNamingFullDisk(StateSchema.scrub)
            }
            if isDone { mayHaveToScrub.withLock { $0 = false } }
        } catch let error as ProjectionError where error.code == .locked {
            // Somebody is at work on the file, which is no failure.
        } catch {
            report(UpkeepFailure(.scrubbing, error))
        }
    }

    private func makeAnew() throws {
        try folding.withLock { folding in
            folding = StateFileWriter()
            lastProgress.withLock { $0 = nil }
            try connection.withLock { $0 = try StateConnection.makeAnew(path) }
        }
    }
}

extension StateFile {
    /// How many entries the read models stand for.
    package func size() throws -> LogSize { try read { $0.size } }

    /// The subject's document in JCS form; nil when the subject does not exist.
    package func document(of subject: String) throws -> [UInt8]? { try read { try $0.document(of: subject) } }

    /// The subject's registers with their heads: what, by whom, when; empty when the subject does not exist.
    package func registers(of subject: String) throws -> [Register] { try read { try $0.registers(of: subject) } }

    /// Whether an event about the subject has been folded; the subject itself is not read.
    package func exists(_ subject: String) throws -> Bool { try read { try $0.exists(subject) } }

    /// What the subject holds at most, in bytes (see `SubjectWeight`); the subject itself is not read.
    package func weightAtMost(of subject: String) throws -> Int { try read { try WeightRow.atMost(subject, $0.db) } }

    /// A page of documents, sorted bytewise by subject: of one kind or of all, after a subject.
    package func documents(
        kind: String?,
        after: String?,
        limit: Int
    ) throws -> [(subject: String, document: [UInt8])] {
        try read { try $0.documents(kind: kind, after: after, limit: limit) }
    }

    /// The registers whose heads have different values, with all heads, sorted by subject and path.
    package func conflicts() throws -> [Conflict] { try read { try $0.conflicts() } }

    /// The digest of the state at `size`; kept, so that asking again costs nothing.
    package func digest() throws -> Hash {
        let (mark, digest, isKept) = try read { view in
            let kept = try view.keptDigest()
            return (try LogMark(view.db), try kept ?? view.computeDigest(), kept != nil)
        }
        if !isKept { keep(digest, at: mark) }
        return digest
    }

    /// The digest of the state at `size`, computed anew: each row is read, and held against its check.
    ///
    /// - Throws: `ProjectionError`: `damaged` for rows that are not as they were written, also where no log is known to make
    ///   them from.
    func verifiedDigest() throws -> Hash {
        let (mark, digest, kept) = try read { view in
            (try LogMark(view.db), try view.computeDigest(), try view.keptDigest())
        }
        guard kept ?? digest == digest else { throw SubjectRow.damaged }
        if kept == nil { keep(digest, at: mark) }
        return digest
    }

    /// How far each target has come, sorted by ambition and indicator, and how many entries have been folded into that.
    package func progress() throws -> (size: LogSize, items: [Progress]) {
        let size = try size()
        if let last = lastProgress.withLock({ $0 }), last.size == size { return last }
        let found = try read { (size: $0.size, items: try $0.progress()) }
        lastProgress.withLock { $0 = found }
        return found
    }

    /// Only saves work: given up when the file has gone on since, and failing is not an error.
    private func keep(_ digest: Hash, at mark: LogMark) {
        try? pool.write { db in
            if try LogMark(db) == mark { try StateView.keep(digest, at: mark.size, db) }
        }
    }
}
