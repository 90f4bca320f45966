internal import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB

/// What a state file remembers of the log that it came from, so that it is never taken for another log's.
struct LogMark: Equatable {
    var size: LogSize
    /// nil as long as nothing has been folded.
    var identity: LogIdentity?
    /// Leaf hash of entry `size - 1`.
    var lastEntry: Hash?
    /// The last checkpoint that the log had at `size` or before.
    var checkpoint: Checkpoint?

    /// The mark that a log leaves at a size.
    init(of log: any LogReader, at size: LogSize) throws {
        self.size = size
        identity = log.identity
        guard size > .zero else { return }
        lastEntry = try Self.leaf(before: size, in: log)
        checkpoint = try log.checkpoint(atMost: size)?.checkpoint
    }

    /// Whether this log, of which `end` is the size, goes on where the marked one stood.
    ///
    /// The identity, the last entry (with its source, counter and time) and a checkpoint's root must be the same. The
    /// log may have dropped the checkpoint since, when it sealed a segment; then the other two decide.
    func holds(for log: any LogReader, of end: LogSize) throws -> Bool {
        if size == .zero { return true }
        guard size <= end, identity == log.identity, try lastEntry == Self.leaf(before: size, in: log) else {
            return false
        }
        guard let checkpoint, let found = try log.checkpoint(atMost: checkpoint.size)?.checkpoint,
            found.size == checkpoint.size
        else { return true }
        return found == checkpoint
    }

    private static func leaf(before size: LogSize, in log: any LogReader) throws -> Hash {
        try log.entry(at: (size - 1).next).withUnsafeBufferPointer { Merkle.leaf($0) }
    }
}

extension LogMark {
    private static let columns = ["size", "origin", "verifier", "last_entry", "checkpoint_size", "checkpoint_root"]

    static func readSize(_ db: Database) throws -> LogSize {
        let statement = try db.cachedStatement(sql: "SELECT size, \(MetaRow.isHeld) FROM meta")
        guard let row = try Row.fetchOne(statement) else { throw damaged }
        try MetaRow.hold(row, 1)
        guard let size = LogSize.fromDatabaseValue(row[0]) else { throw damaged }
        return size
    }

    init(_ db: Database) throws {
        let columns = Self.columns + [MetaRow.isHeld]
        let statement = try db.cachedStatement(sql: "SELECT \(columns.joined(separator: ", ")) FROM meta")
        guard let row = try Row.fetchOne(statement) else { throw Self.damaged }
        try MetaRow.hold(row, columns.count - 1)
        guard let size = LogSize.fromDatabaseValue(row[0]) else { throw Self.damaged }
        self.size = size
        guard size > .zero else { return }
        guard let origin = String.fromDatabaseValue(row[1]), let verifier = String.fromDatabaseValue(row[2]),
            let key = try? VerifierKey(verifier), let leaf = Data.fromDatabaseValue(row[3]).flatMap({ Hash(bytes: $0) })
        else { throw Self.damaged }
        identity = LogIdentity(origin: origin, verifierKey: key)
        lastEntry = leaf
        if let size = LogSize.fromDatabaseValue(row[4]),
            let root = Data.fromDatabaseValue(row[5]).flatMap({ Hash(bytes: $0) })
        {
            checkpoint = Checkpoint(origin: origin, size: size, root: root)
        }
    }

    func write(_ db: Database) throws {
        let places = Self.columns.enumerated().map { ($1, "?\($0 + 1)") }
        let sql = MetaRow.update(Dictionary(uniqueKeysWithValues: places))
        try db.cachedStatement(sql: sql).execute(arguments: [
            size, identity?.origin, identity?.verifierKey.description, lastEntry.map { Data($0.bytes) },
            checkpoint?.size, checkpoint.map { Data($0.root.bytes) },
        ])
    }

    private static var damaged: ProjectionError {
        ProjectionError(.damaged, "the state file does not say which log it came from; it has to be made anew")
    }
}
