internal import AgendaModel
internal import EventLog
internal import GRDB

/// Holds the tables `subjects`, `kinds` and `creations` against the entries that create subjects, entry by entry.
///
/// Replicas keep none of the three.
struct SubjectCheck {
    private let db: Database
    /// Of `creations`, in order; `row` is the one that begins at `first`.
    private let rows: RowCursor
    private var first = Position(0)
    private var row: [UInt8] = []
    private var kinds: [Int: String] = [:]
    private var used: Set<Int> = []
    private var givenCount = 0
    /// By type, whether it creates; nil for a type that this catalogue does not have.
    private var creating: [Bool?] = []

    init(_ db: Database) throws {
        self.db = db
        let kindRows = try Row.fetchCursor(db, sql: "SELECT id, \(StoredRow.text("name")) FROM kinds")
        while let row = try kindRows.next() {
            let row = StoredRow(row, .table("kinds"))
            kinds[try row.integer(0)] = try row.text(1)
        }
        rows = try Row.fetchCursor(db, sql: "SELECT first, kinds FROM creations ORDER BY first")
    }

    mutating func take(_ entry: CheckedEntry, source: EventSource, type: String) throws {
        if entry.type == creating.count { creating.append(Catalogue.current.type(named: type)?.isCreating) }
        while entry.position >= first + row.count, try nextRow(at: entry.position) {}
        let offset = entry.position - first
        let kind = row.indices.contains(offset) ? Int(row[offset]) : 0
        guard let isCreating = creating[entry.type] else {
            // A newer catalogue's: whether it creates, the row says alone.
            if kind != 0 { try use(kind, at: entry.position) }
            return
        }
        guard isCreating else {
            guard kind == 0 else {
                throw difference(entry.position, "creates no subject, and creations says that it does")
            }
            return
        }
        let created = entry.text(entry.attributes.subject)
        guard kind == 0 else {
            guard let derived = DerivedName(created), derived.source == source,
                derived.counter == entry.attributes.counter, kinds[kind] == String(derived.kind)
            else { throw difference(entry.position, "creates another subject than creations and kinds say") }
            used.insert(kind)
            return
        }
        let stored = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT position FROM subjects WHERE name = ?"),
            arguments: [created]
        )
        let place = LogDifference.Place.row(table: "subjects", key: created)
        guard let stored, try StoredRow(stored, place).integer(0) == entry.position.rawValue else {
            throw difference(entry.position, "creates \(created), and neither creations nor subjects says so")
        }
        givenCount += 1
    }

    /// To be called after the last entry.
    func finish(size: LogSize) throws {
        guard first + row.count <= size.next, try rows.next() == nil else {
            throw LogDifference(.table("creations"), "it goes beyond the last entry")
        }
        guard used.count == kinds.count else {
            throw LogDifference(.table("kinds"), "it has kinds that no entry created")
        }
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM subjects")
        guard count == givenCount || creating.contains(nil) else {
            throw LogDifference(.table("subjects"), "it has subjects that no entry created")
        }
    }

    private mutating func use(_ kind: Int, at position: Position) throws {
        guard kinds[kind] != nil else {
            throw difference(position, "creates a subject of kind \(kind), which kinds does not have")
        }
        used.insert(kind)
    }

    private mutating func nextRow(at position: Position) throws -> Bool {
        guard let next = try rows.next() else { return false }
        let end = first + row.count
        let stored = StoredRow(next, .table("creations"))
        first = Position(try stored.integer(0))
        row = try stored.bytes(1)
        guard first >= end, first >= position, first < Position(Int.max / 2), !row.isEmpty else {
            throw LogDifference(
                .row(table: "creations", key: "\(first)"),
                "it overlaps the one before it, or is of entries that no log has"
            )
        }
        return true
    }

    private func difference(_ position: Position, _ message: String) -> LogDifference {
        LogDifference(.entry(position), message)
    }
}
