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
    private static let select = "SELECT subject, path, \"check\" FROM conflicts"

    /// - Throws: `damaged` for a row that is not as it was written.
    static func count(_ db: Database) throws -> Int {
        let rows = try Row.fetchCursor(db, sql: select)
        var count = 0
        while let row = try rows.next() {
            _ = try place(in: row)
            count += 1
        }
        return count
    }

    static func count(of subject: String, _ db: Database) throws -> Int {
        let count = try db.cachedStatement(sql: "SELECT count(*) FROM conflicts WHERE subject = ?")
        return try Int.fetchOne(count, arguments: [subject]) ?? 0
    }

    /// A stretch of the primary key, whatever is asked for.
    ///
    /// The rows beside it are held too: a name that a disk has changed may lead past its beginning, or end it too early. So it
    /// begins with all conflicts of its first subject.
    ///
    /// - Parameters:
    ///   - kind: of the subjects; nil = all.
    ///   - subject: the one whose conflicts are wanted; nil = of all.
    ///   - after: behind which the stretch begins; nil = from the start.
    ///   - limit: how many places at most.
    ///   - db: of the file.
    /// - Returns: the places, in order.
    /// - Throws: `damaged` for a row that is not as it was written.
    static func places(
        kind: String?,
        subject: String?,
        after: ConflictPlace?,
        limit: Int,
        _ db: Database
    ) throws -> [ConflictPlace] {
        // "0" is what follows "/" in ASCII, so these bounds hold exactly the kind's subjects.
        let start = ConflictPlace(subject: subject ?? kind.map { $0 + "/" } ?? "", path: "")
        let low = after.flatMap { start.isBefore($0) ? $0 : nil } ?? start
        let before = "\(select) WHERE subject < ? ORDER BY subject DESC, path DESC LIMIT 1"
        if let row = try Row.fetchOne(db, sql: before, arguments: [low.subject]) { _ = try place(in: row) }
        let stretch = "\(select) WHERE subject >= ? ORDER BY subject, path"
        let rows = try Row.fetchCursor(db, sql: stretch, arguments: [low.subject])
        var found: [ConflictPlace] = []
        while found.count < limit, let row = try rows.next() {
            let held = try place(in: row)
            let next = ConflictPlace(subject: held.subject, path: held.path)
            guard low.isBefore(next) else { continue }
            if let subject, next.subject != subject { break }
            if let kind, !SubjectRange.precedes(next.subject, kind + "0") { break }
            found.append(next)
        }
        return found
    }
}

extension ConflictPlace {
    /// Whether it comes before another one, bytewise by subject and path.
    fileprivate func isBefore(_ other: ConflictPlace) -> Bool {
        subject == other.subject
            ? path.utf8.lexicographicallyPrecedes(other.path.utf8)
            : SubjectRange.precedes(subject, other.subject)
    }
}
