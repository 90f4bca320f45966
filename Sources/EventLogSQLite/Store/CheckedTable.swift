internal import GRDB

/// A row that is not as it was written.
///
/// What gives it to others makes it a `LogError`: see `StorageFailure`.
struct DamagedRow: Error, Hashable {
    var table: CheckedTable
}

/// The tables of which each row has a check: what `RowCheck` makes of all other columns, and of the length of a block of entries.
///
/// What they hold is signed by nobody, or is looked up without the entries that it follows from. `erasures` has no checks:
/// of it only the number of its rows is believed.
enum CheckedTable: String, CaseIterable {
    case outbox
    case sources
    case runs
    case subjects
    case kinds
    case creations
    case members
    case devices
    case tokens
    case invites
    case rejections
    case meta
    case replica
    case commits
    case segments
    case checkpoints

    /// The format of the first files in which its rows have checks.
    var firstFormat: Int32 {
        switch self {
        case .commits, .segments, .checkpoints: 10
        case .rejections, .meta, .replica: 9
        default: 8
        }
    }

    /// Those whose rows have checks in a file of this format.
    static func all(in format: Int32) -> [CheckedTable] { allCases.filter { $0.firstFormat <= format } }

    /// All columns but the check and the block, in their order.
    var columns: [String] {
        switch self {
        case .outbox: ["counter", "refused", "code", "detail", "recorded", "event"]
        case .sources: ["id", "name", "last"]
        case .runs: ["source", "first", "last", "position"]
        case .subjects: ["name", "position"]
        case .kinds: ["id", "name"]
        case .creations: ["first", "kinds"]
        case .members: ["subject", "role", "active"]
        case .devices: ["subject", "member", "revoked", "key", "continues", "signed", "expires", "limited"]
        case .tokens: ["hash", "device"]
        case .invites: ["hash", "role", "member", "expires", "used", "device"]
        case .rejections: ["number", "source", "counter", "recorded", "code", "detail", "bytes", "length", "hash"]
        case .meta, .replica: ["key", "value"]
        case .commits: ["first", "count", "recorded", "crc"]
        case .segments: ["number", "crc", "length", "root", "first_recorded", "last_recorded", "run_crc"]
        case .checkpoints: ["size", "recorded", "note"]
        }
    }

    /// The column of entries, which comes last.
    ///
    /// `columns` have its CRC-32, and the check its length: so a row is held without it.
    var block: String? {
        switch self {
        case .commits: "entries"
        case .segments: "run"
        default: nil
        }
    }

    /// The column that has the check.
    var checkColumn: String {
        switch self {
        case .commits, .segments, .checkpoints: "row_crc"
        default: "crc"
        }
    }

    /// The check that belongs to a row as it is.
    ///
    /// - Parameter changes: by column, that of a block included, what takes the place of its value, such as `?1`.
    /// - Returns: an expression of SQL.
    func check(_ changes: [String: String] = [:]) -> String {
        let values = columns.map { changes[$0] ?? $0 } + (block.map { ["length(\(changes[$0] ?? $0))"] } ?? [])
        return "row_check(\(values.joined(separator: ", ")))"
    }

    /// In SQL: whether a row is as it was written.
    var isHeld: String { "\(checkColumn) IS \(check())" }

    /// In SQL: adds a row with its check; the arguments are the values of `columns`, and the block's behind them.
    var insertion: String {
        let names = columns + (block.map { [$0] } ?? [])
        let values = names.indices.map { "?\($0 + 1)" }
        let value = check(Dictionary(uniqueKeysWithValues: zip(names, values)))
        return """
            INTO \(rawValue) (\(names.joined(separator: ", ")), \(checkColumn))
            VALUES (\(values.joined(separator: ", ")), \(value))
            """
    }

    /// - Parameters:
    ///   - row: of the table.
    ///   - column: the one that has `isHeld`.
    /// - Throws: `DamagedRow` for a row that is not as it was written.
    func hold(_ row: Row, _ column: Int) throws {
        guard row[column] as Bool else { throw DamagedRow(table: self) }
    }

    /// The column by which a row is looked up; of runs, see `SQLiteLogStore.runs`.
    private var key: String {
        switch self {
        case .sources, .kinds: "name"
        default: columns[0]
        }
    }

    /// In SQL: whether the rows are as they were written, and where they should be, between which one with a key would stand.
    private var besides: [String] {
        [("<", "DESC"), (">", "ASC")].map { side, order in
            """
            SELECT (\(isHeld)) AND (\(key) \(side) ?1) IS TRUE FROM \(rawValue)
            WHERE \(key) \(side) ?1 ORDER BY \(key) \(order) LIMIT 1
            """
        }
    }

    // Made once: subjects are looked up for each event of a push.
    private static let besides = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.besides) })

    /// Holds the rows between which one would stand that is looked for by its key, and is not there.
    ///
    /// A key that a disk has changed leads past its row, and then its row is one of the two.
    ///
    /// - Throws: `DamagedRow`.
    func holdBeside(_ key: any DatabaseValueConvertible, _ db: Database) throws {
        for look in Self.besides[self] ?? [] {
            if let row = try Row.fetchOne(try db.cachedStatement(sql: look), arguments: [key]) { try hold(row, 0) }
        }
    }

    /// Holds all rows of a table that has few.
    ///
    /// - Throws: `DamagedRow`.
    func holdRows(_ db: Database) throws {
        let damaged = "SELECT 1 FROM \(rawValue) NOT INDEXED WHERE NOT (\(isHeld)) LIMIT 1"
        if try Row.fetchOne(try db.cachedStatement(sql: damaged)) != nil { throw DamagedRow(table: self) }
    }

    /// Holds all rows of a table that has few, and looks each up by its name: a name that is not as it was written hides its row
    /// from who looks for it.
    ///
    /// - Throws: `DamagedRow`.
    func holdNames(_ db: Database) throws {
        let look = try db.cachedStatement(sql: "SELECT id FROM \(rawValue) WHERE name = ?")
        for row in try Row.fetchAll(db, sql: "SELECT id, name, \(isHeld) FROM \(rawValue) NOT INDEXED") {
            try hold(row, 2)
            let found = try Int64.fetchOne(look, arguments: [row[1] as String])
            guard found == (row[0] as Int64) else { throw DamagedRow(table: self) }
        }
    }

    /// In SQL: gives the table its column, and the rows that it has their checks.
    var addingChecks: String {
        """
        ALTER TABLE \(rawValue) ADD COLUMN \(checkColumn) INTEGER NOT NULL DEFAULT 0;
        UPDATE \(rawValue) SET \(checkColumn) = \(check());
        """
    }
}
