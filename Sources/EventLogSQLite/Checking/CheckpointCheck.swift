internal import AgendaModel
internal import EventLog
internal import GRDB

/// Holds each row of `checkpoints` against the tree when the entries have come to its size.
struct CheckpointCheck {
    private let db: Database
    private let key: VerifierKey
    private let rows: RowCursor
    private var next: (size: LogSize, recorded: Int, note: String)?
    /// How many have been checked.
    private(set) var count = 0
    /// Of the last one that has been checked.
    private(set) var lastNote: String?

    init(_ db: Database, key: VerifierKey) throws {
        self.db = db
        self.key = key
        rows = try Row.fetchCursor(
            db,
            sql: "SELECT size, recorded, \(StoredRow.text("note")) FROM checkpoints ORDER BY size"
        )
        try advance()
    }

    /// The greatest size that is stored.
    func lastSize() throws -> LogSize {
        let row = try Row.fetchOne(db, sql: "SELECT coalesce(max(size), 0) AS size FROM checkpoints")
        guard let row else { return .zero }
        return LogSize(try StoredRow(row, .table("checkpoints")).integer(0))
    }

    /// To be called after each entry.
    mutating func reached(_ entries: EntryCheck) throws {
        guard let size = next?.size, size <= entries.edge.size, let (_, time, note) = next else { return }
        let place = LogDifference.Place.checkpoint(size)
        guard size == entries.edge.size else { throw LogDifference(place, "no checkpoint has this size") }
        let signed: Checkpoint
        do throws(LogError) {
            signed = try key.verify(note).checkpoint
        } catch {
            throw LogDifference(place, error.message)
        }
        guard signed.size == size else {
            throw LogDifference(place, "it was signed for the size \(signed.size)")
        }
        guard signed.root == entries.edge.root else {
            throw LogDifference(
                place,
                "the root that was signed is \(signed.root.base64), and the entries up to \(size - 1) lead to "
                    + entries.edge.root.base64
            )
        }
        guard time == entries.recorded?.millisecondsSince1970 else {
            throw LogDifference(place, "its recorded time is not that of entry \(size - 1)")
        }
        count += 1
        lastNote = note
        try advance()
    }

    /// To be called after the last entry.
    func finish(at size: LogSize) throws {
        guard let next else { return }
        throw LogDifference(.checkpoint(next.size), "no checkpoint has this size; the log has \(size) entries")
    }

    private mutating func advance() throws {
        let before = next?.size ?? .zero
        next = try rows.next().map { row in
            let size = LogSize(try StoredRow(row, .table("checkpoints")).integer(0))
            let row = StoredRow(row, .checkpoint(size))
            guard size > before else { throw LogDifference(row.place, "it comes after the one of size \(before)") }
            return (size, try row.integer(1), try row.text(2))
        }
    }
}
