internal import AgendaModel
internal import GRDB
internal import SQLiteFiles

/// The tables of a state file.
///
/// Nothing in it is worth keeping when the tables change: raise `version`, and files of any other version are made
/// anew from the log.
enum StateSchema {
    /// "AmbS", in the file's header (sqlite.org/fileformat.html#application_id).
    static let applicationID: Int32 = 0x416D_6253
    /// Also to be raised when the fold, or the form in which registers are encoded, changes its meaning.
    ///
    /// The low half is the catalogue's, by whose names registers are encoded.
    static let version = 6 << 16 | Int32(State.codingFingerprint)

    /// - `meta`: one row. It says how far the file has come and which log it came from (see `LogMark`). It also says
    ///   whether something of what was erased may be left in the file. `MetaRow` reads and changes it.
    /// - `subjects`: the registers as the fold encodes them, from which the document follows. Sorted bytewise, so that a
    ///   kind is a range.
    /// - Columns `check`: what `RowCheck` makes of the row. A key that is not found is held against the rows beside it.
    /// - `conflicts`: the registers whose heads disagree; `since` is the size of the log that opened the conflict.
    /// - `weights`: what subjects hold that hold much (see `WeightRow`).
    /// - `measured`: what the measurements of an indicator come to, per ambition and project that they name (see
    ///   `MeasurementTotals`). These three are one column: so the rows beside one that is not there are found by it.
    /// - `mentions`: per segment of the log, the sorted hashes of the subjects that its entries are about.
    /// - `digests`: of this log, by size, as far as somebody asked for them.
    static let tables = """
        CREATE TABLE meta (
            only INTEGER PRIMARY KEY CHECK (only = 0),
            size INTEGER NOT NULL CHECK (size >= 0),
            origin TEXT,
            verifier TEXT,
            last_entry BLOB,
            checkpoint_size INTEGER,
            checkpoint_root BLOB,
            scrub INTEGER NOT NULL DEFAULT 0,
            "check" INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE subjects (
            subject TEXT PRIMARY KEY,
            registers BLOB NOT NULL,
            "check" INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE conflicts (
            subject TEXT NOT NULL,
            path TEXT NOT NULL,
            since INTEGER NOT NULL,
            "check" INTEGER NOT NULL,
            PRIMARY KEY (subject, path)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE weights (
            subject TEXT PRIMARY KEY,
            bytes INTEGER NOT NULL,
            "check" INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE measured (
            place TEXT PRIMARY KEY,
            totals TEXT NOT NULL,
            "check" INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE mentions (
            segment INTEGER PRIMARY KEY,
            hashes BLOB NOT NULL,
            "check" INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE digests (
            size INTEGER PRIMARY KEY,
            digest BLOB NOT NULL,
            "check" INTEGER NOT NULL
        ) STRICT;
        """

    static func create(_ db: Database) throws {
        try db.execute(sql: tables)
        try db.execute(sql: MetaRow.insertion(scrub: 0))
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Whether the file is a state file of exactly this version, and what it says of its log is as it was written.
    static func matches(_ db: Database) throws -> Bool {
        try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID
            && Int32.fetchOne(db, sql: "PRAGMA user_version") == version
            && Bool.fetchOne(db, sql: "SELECT \(MetaRow.isHeld) FROM meta") == true
    }

    /// Notes that values were taken out of the file which must not be left in it anywhere, and forgets digests of states
    /// that had them.
    static func noteErasure(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM digests; \(MetaRow.update(["scrub": "\(allIsDue)"]))")
    }

    /// Writes the file anew and empties its journal, as far as values were taken out of it since that was done last.
    ///
    /// - Returns: whether it is done; otherwise it is still to be done.
    /// - Throws: where something is in the way.
    static func scrub(_ db: Database) throws -> Bool {
        let sql = "SELECT scrub, size, \(MetaRow.isHeld) FROM meta"
        guard let row = try Row.fetchOne(db, sql: sql) else { return true }
        try MetaRow.hold(row, 2)
        let (due, size) = (Int.fromDatabaseValue(row[0]) ?? allIsDue, Int.fromDatabaseValue(row[1]) ?? 0)
        guard due != 0 else { return true }
        return try FileScrub.run(
            db,
            isAllDue: due == allIsDue,
            busyTimeout: StateConnection.busyTimeout * 1000,
            noteRewritten: {
                // Another process may have folded more meanwhile, and taken out more.
                let isSame = "scrub = ?2 AND size = ?3 AND \(MetaRow.isHeld)"
                try db.execute(
                    sql: "\(MetaRow.update(["scrub": "?1"])) WHERE \(isSame)",
                    arguments: [journalIsDue, allIsDue, size]
                )
                return db.changesCount == 1
            },
            noteDone: {
                try db.execute(
                    sql: "\(MetaRow.update(["scrub": "0"])) WHERE scrub = ?1 AND \(MetaRow.isHeld)",
                    arguments: [journalIsDue]
                )
                return db.changesCount == 1
            }
        )
    }

    /// What `scrub` in `meta` says: of file and journal, and of the journal alone.
    private static let allIsDue = 1
    private static let journalIsDue = 2

    /// Takes the file back to an empty log.
    ///
    /// What is folded then may lack what is left in the file of the rows that went.
    static func empty(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM subjects; DELETE FROM conflicts; DELETE FROM weights; DELETE FROM measured;
                DELETE FROM mentions; DELETE FROM digests; DELETE FROM meta;
                \(MetaRow.insertion(scrub: allIsDue))
                """
        )
    }
}
