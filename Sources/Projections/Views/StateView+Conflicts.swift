package import AgendaModel
internal import GRDB

/// Where a conflict is: a register, in the order of conflicts.
///
/// Written as the subject followed by the path, `project/k3j9x2-4/phase`; an id has no `/`, so this is unambiguous.
package struct ConflictPlace: Hashable, Sendable {
    package var subject: String
    package var path: String

    package init(subject: String, path: String) {
        self.subject = subject
        self.path = path
    }

    /// nil for text that is no subject followed by a path.
    package init?(_ text: String) {
        let slashes = text.indices.filter { text[$0] == "/" }
        guard slashes.count >= 2, slashes[0] != text.startIndex else { return nil }
        subject = String(text[..<slashes[1]])
        path = String(text[slashes[1]...])
    }

    package var text: String { subject + path }
}

extension StateView {
    /// The registers whose heads have different values, with all heads, sorted by subject and path.
    ///
    /// - Parameter subject: the one whose conflicts are wanted; nil = of all.
    /// - Returns: the conflicts as they are shown.
    /// - Throws: `ProjectionError`, and what SQLite throws.
    package func conflicts(of subject: String? = nil) throws -> [Conflict] {
        let subjects = try subject.map { [$0] } ?? Set(ConflictRow.subjects(db)).union(overlaid).sorted()
        return try subjects.flatMap { subject in
            try registers(of: subject).filter(\.isConflict).map { Conflict(subject: subject, register: $0) }
        }
    }

    /// How many registers have heads with different values.
    package func conflictCount() throws -> Int {
        guard personal == .included else { return try conflicts().count }
        return try overlaid.reduce(ConflictRow.count(db)) { count, subject in
            try count - ConflictRow.count(of: subject, db) + conflicts(of: subject).count
        }
    }

    /// Calls the body with each conflict, sorted bytewise by subject and path, until it returns false; of a view without
    /// pending events and with personal fields.
    ///
    /// The values of one subject are read at a time, so that whoever stops has read no more.
    ///
    /// - Parameters:
    ///   - kind: of the subjects; nil = all.
    ///   - subject: the one whose conflicts are wanted; nil = of all.
    ///   - after: where the page before ended; nil = from the start.
    ///   - body: gets a conflict; says whether it wants another one.
    /// - Throws: `ProjectionError`, and what SQLite and the body throw.
    package func forEachConflict(
        kind: String? = nil,
        subject: String? = nil,
        after: ConflictPlace? = nil,
        _ body: (Conflict) throws -> Bool
    ) throws {
        precondition(overlay == nil && personal == .included, "pages are of what is in the log, all of it")
        var after = after
        var last: (subject: String, registers: [String: Register])?
        while true {
            let limit = Self.conflictsFoundAtOnce
            let places = try ConflictRow.places(kind: kind, subject: subject, after: after, limit: limit, db)
            for place in places {
                if last?.subject != place.subject {
                    let registers = try SubjectRow.registers(of: place.subject, db).map { ($0.path, $0) }
                    last = (place.subject, Dictionary(registers) { first, _ in first })
                }
                guard let register = last?.registers[place.path] else { throw SubjectRow.damaged }
                guard try body(Conflict(subject: place.subject, register: register)) else { return }
            }
            guard places.count == limit else { return }
            after = places.last
        }
    }

    /// How many places are looked up at once; a place holds no value.
    private static let conflictsFoundAtOnce = 200
}

extension ConflictRow {
    static func count(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM conflicts") ?? 0
    }

    static func count(of subject: String, _ db: Database) throws -> Int {
        let count = try db.cachedStatement(sql: "SELECT count(*) FROM conflicts WHERE subject = ?")
        return try Int.fetchOne(count, arguments: [subject]) ?? 0
    }

    /// A stretch of the primary key, whatever is asked for.
    static func places(
        kind: String?,
        subject: String?,
        after: ConflictPlace?,
        limit: Int,
        _ db: Database
    ) throws -> [ConflictPlace] {
        var condition = "(subject, path) > (?, ?)"
        var arguments: StatementArguments
        if let subject {
            condition += " AND subject = ?"
            arguments = [after?.subject ?? subject, ColumnText.stored(after?.path ?? ""), subject]
        } else {
            // "0" is what follows "/" in ASCII, so these bounds hold exactly the kind's subjects.
            let start = ConflictPlace(subject: kind.map { $0 + "/" } ?? "", path: "")
            let low = after.map { $0.subject.utf8.lexicographicallyPrecedes(start.subject.utf8) ? start : $0 } ?? start
            arguments = [low.subject, ColumnText.stored(low.path)]
            if let kind {
                condition += " AND subject < ?"
                arguments += [kind + "0"]
            }
        }
        arguments += [limit]
        let sql = "SELECT subject, path, \"check\" FROM conflicts WHERE \(condition) ORDER BY subject, path LIMIT ?"
        return try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments).map {
            let place = try place(in: $0)
            return ConflictPlace(subject: place.subject, path: place.path)
        }
    }
}
