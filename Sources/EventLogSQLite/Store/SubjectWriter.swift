internal import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB

/// Adds subjects: one row for all that a stretch of entries created, a row each for those with given names.
struct SubjectWriter {
    /// The longest stretch of one row; so a lookup reads little.
    private static let maximumRowLength = 256

    // Made once: subjects are looked up for each event of a push.
    private static let selectGiven = "SELECT position, \(CheckedTable.subjects.isHeld) FROM subjects WHERE name = ?"
    private static let selectKind = "SELECT id, \(CheckedTable.kinds.isHeld) FROM kinds WHERE name = ?"
    private static let selectCreations =
        "SELECT first, kinds, \(CheckedTable.creations.isHeld) FROM creations WHERE first <= ? ORDER BY first DESC LIMIT 1"

    private var kinds: [Substring: UInt8] = [:]
    private var first = Position(0)
    private var row: [UInt8] = []

    /// - Parameters:
    ///   - subjects: in order of position.
    ///   - runs: of the commit that creates them, in order of position.
    ///   - db: inside the commit's transaction, which has the runs already.
    /// - Throws: `malformed` when a subject exists already.
    static func insert(_ subjects: [(name: String, position: Position)], runs: [CounterRun], _ db: Database) throws {
        var writer = SubjectWriter()
        var run = runs.startIndex
        for (name, position) in subjects {
            while run + 1 < runs.endIndex, runs[run + 1].position <= position { run += 1 }
            // A counter is used once, so a subject that is named after its event cannot exist already.
            if run < runs.endIndex, let derived = DerivedName(name), runs[run].places(derived, at: position),
                let kind = try writer.kind(derived.kind, db)
            {
                try writer.add(kind, at: position, db)
            } else {
                try insertGiven(name, at: position, db)
            }
        }
        try writer.flush(db)
    }

    /// The position of the entry that created a subject.
    static func position(of name: String, _ db: Database) throws -> Position? {
        if let derived = DerivedName(name), let position = try position(of: derived, db) { return position }
        let row = try Row.fetchOne(try db.cachedStatement(sql: selectGiven), arguments: [name])
        guard let row else {
            try CheckedTable.subjects.holdBeside(name, db)
            return nil
        }
        try CheckedTable.subjects.hold(row, 1)
        return row[0] as Position
    }

    private static func position(of name: DerivedName, _ db: Database) throws -> Position? {
        guard let run = try SQLiteLogStore.run(of: name.source, upTo: name.counter, db), name.counter <= run.last else {
            return nil
        }
        let position = run.position(of: name.counter)
        guard let kind = try id(ofKind: name.kind, db) else { return nil }
        let row = try Row.fetchOne(try db.cachedStatement(sql: selectCreations), arguments: [position])
        if let row {
            try CheckedTable.creations.hold(row, 2)
            let offset = position - (row[0] as Position)
            let isThere = try row.withUnsafeData(atIndex: 1) { kinds in
                guard let kinds, offset < kinds.count else { return false }
                return kinds[offset] == kind
            }
            if isThere { return position }
        }
        try CheckedTable.creations.holdBeside(position, db)
        return nil
    }

    private static func id(ofKind name: Substring, _ db: Database) throws -> UInt8? {
        let row = try Row.fetchOne(try db.cachedStatement(sql: selectKind), arguments: [String(name)])
        guard let row else {
            try CheckedTable.kinds.holdBeside(String(name), db)
            return nil
        }
        try CheckedTable.kinds.hold(row, 1)
        return row[0] as UInt8
    }

    private static func insertGiven(_ name: String, at position: Position, _ db: Database) throws {
        guard try self.position(of: name, db) == nil else {
            throw LogError(.malformed, "the subject created at position \(position) exists already")
        }
        try db.cachedStatement(sql: "INSERT \(CheckedTable.subjects.insertion)")
            .execute(arguments: [name, position])
    }

    private mutating func kind(_ name: Substring, _ db: Database) throws -> UInt8? {
        if let known = kinds[name] { return known }
        var id = try Self.id(ofKind: name, db)
        if id == nil {
            try CheckedTable.kinds.holdNames(db)
            let next = (try Int.fetchOne(db, sql: "SELECT max(id) FROM kinds") ?? 0) + 1
            guard next <= UInt8.max else { return nil }
            try db.execute(sql: "INSERT \(CheckedTable.kinds.insertion)", arguments: [next, String(name)])
            id = UInt8(next)
        }
        kinds[name] = id
        return id
    }

    private mutating func add(_ kind: UInt8, at position: Position, _ db: Database) throws {
        if position - first >= Self.maximumRowLength { try flush(db) }
        if row.isEmpty { first = position }
        row += repeatElement(0, count: position - first - row.count)
        row.append(kind)
    }

    private mutating func flush(_ db: Database) throws {
        guard !row.isEmpty else { return }
        try db.cachedStatement(sql: "INSERT \(CheckedTable.creations.insertion)")
            .execute(arguments: [first, Data(row)])
        row = []
    }
}
