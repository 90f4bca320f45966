internal import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB

/// A subject's name that follows from the event that created it: `<kind>/<device id>-<counter>`.
struct DerivedName {
    var kind: Substring
    var source: EventSource
    var counter: Counter

    /// nil for other names.
    init?(_ name: String) {
        guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")),
            let hyphen = name.utf8.lastIndex(of: UInt8(ascii: "-")), slash < hyphen,
            let counter = Int(name[name.index(after: hyphen)...]), counter > 0,
            String(counter).utf8.elementsEqual(name[name.index(after: hyphen)...].utf8)
        else { return nil }
        kind = name[..<slash]
        source = EventSource(unchecked: DeviceID.prefix + name[name.index(after: slash)..<hyphen])
        self.counter = Counter(counter)
    }
}

/// Adds subjects: one row for all that a stretch of entries created, a row each for those with given names.
struct SubjectWriter {
    /// The longest stretch of one row; so a lookup reads little.
    private static let maximumRowLength = 256

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
                try insertGiven(name, position, db)
            }
        }
        try writer.flush(db)
    }

    /// The position of the entry that created a subject.
    static func position(of name: String, _ db: Database) throws -> Position? {
        if let derived = DerivedName(name), let position = try position(of: derived, db) { return position }
        return try Int.fetchOne(
            try db.cachedStatement(sql: "SELECT position FROM subjects WHERE name = ?"),
            arguments: [name]
        ).map { Position($0) }
    }

    private static func position(of name: DerivedName, _ db: Database) throws -> Position? {
        guard let run = try SQLiteLogStore.run(of: name.source, containing: name.counter, db) else { return nil }
        let position = run.position(of: name.counter)
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT (SELECT id FROM kinds WHERE name = ?), first, kinds FROM creations
                    WHERE first <= ? ORDER BY first DESC LIMIT 1
                    """
            ),
            arguments: [String(name.kind), position]
        )
        guard let row, let kind = row[0] as UInt8? else { return nil }
        let offset = position - (row[1] as Position)
        return try row.withUnsafeData(atIndex: 2) { kinds in
            guard let kinds, offset < kinds.count, kinds[offset] == kind else { return nil }
            return position
        }
    }

    private static func insertGiven(_ name: String, _ position: Position, _ db: Database) throws {
        guard try self.position(of: name, db) == nil else {
            throw LogError(.malformed, "the subject created at position \(position) exists already")
        }
        try db.cachedStatement(sql: "INSERT INTO subjects (name, position) VALUES (?, ?)")
            .execute(arguments: [name, position])
    }

    private mutating func kind(_ name: Substring, _ db: Database) throws -> UInt8? {
        if let known = kinds[name] { return known }
        let select = try db.cachedStatement(sql: "SELECT id FROM kinds WHERE name = ?")
        var id = try UInt8.fetchOne(select, arguments: [String(name)])
        if id == nil {
            let next = (try Int.fetchOne(db, sql: "SELECT max(id) FROM kinds") ?? 0) + 1
            guard next <= UInt8.max else { return nil }
            try db.execute(sql: "INSERT INTO kinds (id, name) VALUES (?, ?)", arguments: [next, String(name)])
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
        try db.cachedStatement(sql: "INSERT INTO creations (first, kinds) VALUES (?, ?)")
            .execute(arguments: [first, Data(row)])
        row = []
    }
}

extension CounterRun {
    /// Whether the event that gives a subject its name is in this run, at that position.
    fileprivate func places(_ name: DerivedName, at position: Position) -> Bool {
        source == name.source && first <= name.counter && name.counter <= last
            && position == self.position(of: name.counter)
    }
}
