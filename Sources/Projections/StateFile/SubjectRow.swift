package import AgendaModel
internal import Foundation
internal import GRDB
internal import SQLiteFiles

/// Rows of the table `subjects`.
enum SubjectRow {
    static let insert = "INSERT OR REPLACE INTO subjects (subject, registers, \"check\") VALUES (?1, ?2, ?3)"
    /// Of a subject that has a row.
    static let update = "UPDATE subjects SET registers = ?2, \"check\" = ?3 WHERE subject = ?1"

    /// The columns that make a row, in the order in which they are read.
    static let columns = "subject, registers, \"check\""

    static func write(
        _ name: UnsafeBufferPointer<UInt8>,
        registers: UnsafeBufferPointer<UInt8>,
        with statement: Statement
    ) throws {
        try statement.execute(arguments: [
            String(decoding: name, as: UTF8.self), Data(buffer: registers), RowCheck.value(name, registers),
        ])
    }

    /// The subject of a row, and its registers as they were encoded.
    ///
    /// - Throws: `damaged` for a row that is not as it was written.
    static func read(_ row: Row) throws -> (subject: String, registers: [UInt8]) {
        let subject = try RowCheck.text(row, 0)
        let registers = try RowCheck.bytes(row, 1)
        try RowCheck.verify(row, 2, is: RowCheck.value(Array(subject.utf8), registers))
        return (subject, registers)
    }

    static func document(inRegisters registers: [UInt8], of subject: String) throws -> [UInt8] {
        guard let document = State.document(inRegisters: registers, of: subject) else { throw damaged }
        return document
    }

    /// - Throws: `damaged` for a row that is not as it was written, also where that may hide the subject's.
    static func document(of subject: String, _ db: Database) throws -> [UInt8]? {
        try heldRegisters(of: subject, db).map { try document(inRegisters: $0, of: subject) }
    }

    static func registers(of subject: String, _ db: Database) throws -> [Register] {
        guard let encoded = try heldRegisters(of: subject, db) else { return [] }
        guard let registers = State.registers(encoded, of: subject) else { throw damaged }
        return registers
    }

    static func forEachMeasurement(_ db: Database, _ body: (Measurement) -> Void) throws {
        var rows = try SubjectRange(kind: Measurement.kind, after: nil).rows(db)
        while let (subject, encoded) = try rows.next() {
            guard let registers = State.registers(encoded, of: subject) else { throw damaged }
            if let measurement = try Measurement(subject, registers) { body(measurement) }
        }
    }

    /// Whether a subject has a row, which itself is not read.
    ///
    /// - Throws: `damaged` where a row that is not as it was written may hide the subject's.
    static func exists(_ subject: String, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT 1 FROM subjects WHERE subject = ?")
        if try Int.fetchOne(select, arguments: [subject]) != nil { return true }
        try holdBeside(subject, db)
        return false
    }

    /// The registers as `encodedRegisters` gives them, and nil only where a look at the rows beside it tells no other.
    private static func heldRegisters(of subject: String, _ db: Database) throws -> [UInt8]? {
        let encoded = try encodedRegisters(of: subject, db)
        if encoded == nil { try holdBeside(subject, db) }
        return encoded
    }

    /// A subject's registers as they were encoded.
    ///
    /// - Returns: nil where no row is found. The rows beside it are to be held before that means anything.
    /// - Throws: `damaged` for a row that is not as it was written.
    static func encodedRegisters(of subject: String, _ db: Database) throws -> [UInt8]? {
        let select = try db.cachedStatement(sql: "SELECT \(columns) FROM subjects WHERE subject = ?")
        guard let row = try Row.fetchOne(select, arguments: [subject]) else { return nil }
        let found = try read(row)
        guard found.subject == subject else { throw damaged }
        return found.registers
    }

    /// Holds the rows between which those of subjects would stand that were not found.
    ///
    /// Looks once, however many of them would stand between the same two rows.
    ///
    /// - Parameters:
    ///   - subjects: sorted bytewise.
    ///   - db: of the file.
    /// - Throws: `damaged` where a row is not as it was written, and may be that of one of them.
    static func holdBeside(_ subjects: [String], _ db: Database) throws {
        var end: String?
        for subject in subjects {
            if let end, SubjectRange.precedes(subject, end) { continue }
            guard let next = try holdBeside(subject, db) else { return }
            end = next
        }
    }

    /// Holds the rows between which a subject's would stand that is not there: a name that a disk has changed leads past its
    /// row, and then its row is one of the two.
    ///
    /// - Returns: the subject of the row behind; nil where there is none.
    @discardableResult
    private static func holdBeside(_ subject: String, _ db: Database) throws -> String? {
        try hold(where: "subject < ? ORDER BY subject DESC LIMIT 1", [subject], db)
        return try hold(where: "subject > ? ORDER BY subject LIMIT 1", [subject], db)
    }

    /// The first subject that does not come before a text; nil where there is none.
    ///
    /// - Throws: `damaged` for a row that is not as it was written, also where that may hide the subject.
    static func first(from bound: String, _ db: Database) throws -> String? {
        try hold(where: "subject < ? ORDER BY subject DESC LIMIT 1", [bound], db)
        return try hold(where: "subject >= ? ORDER BY subject LIMIT 1", [bound], db)
    }

    /// Holds the rows that a condition finds.
    ///
    /// - Returns: the subject of the last one; nil where there is none.
    /// - Throws: `damaged` for a row that is not as it was written.
    @discardableResult
    static func hold(where condition: String, _ arguments: StatementArguments, _ db: Database) throws -> String? {
        let select = try db.cachedStatement(sql: "SELECT \(columns) FROM subjects WHERE \(condition)")
        return try Row.fetchAll(select, arguments: arguments).map { try read($0).subject }.last
    }

    static var damaged: ProjectionError {
        ProjectionError(.damaged, "the state file holds registers that cannot be read; it has to be made anew")
    }
}

/// Rows of the table `conflicts`.
enum ConflictRow {
    /// Has these be the conflicts of the subjects, and no others.
    static func replace(_ conflicts: [String: [Register]], of subjects: some Sequence<String>, _ db: Database) throws {
        let delete = try db.cachedStatement(sql: "DELETE FROM conflicts WHERE subject = ?")
        let insert = try db.cachedStatement(
            sql: "INSERT INTO conflicts (subject, path, since, \"check\") VALUES (?, ?, ?, ?)"
        )
        for subject in subjects {
            try delete.execute(arguments: [subject])
            for register in conflicts[subject] ?? [] {
                try insert.execute(arguments: [
                    subject, ColumnText.stored(register.path), register.conflictSince, check(subject, register.path),
                ])
            }
        }
    }

    /// The subjects that have open conflicts, sorted bytewise.
    static func subjects(_ db: Database) throws -> [String] {
        let rows = try Row.fetchAll(db, sql: "SELECT subject, path, \"check\" FROM conflicts ORDER BY subject, path")
        var found: [String] = []
        for row in rows {
            let subject = try place(in: row).subject
            if found.last != subject { found.append(subject) }
        }
        return found
    }

    /// The place in the first columns of a row, with its check.
    static func place(in row: Row) throws -> (subject: String, path: String) {
        let (subject, path) = (try RowCheck.text(row, 0), try RowCheck.columnText(row, 1))
        try RowCheck.verify(row, 2, is: check(subject, path))
        return (subject, path)
    }

    static func check(_ subject: String, _ path: String) -> Int {
        RowCheck.value(Array(subject.utf8), Array(path.utf8))
    }
}

extension Register {
    /// The size of the log with which the heads first disagreed: that of the earliest head whose value is not the
    /// first one's.
    package var conflictSince: LogSize {
        let inOrder = heads.sorted { $0.position < $1.position }
        let second = inOrder.first { $0.value != inOrder[0].value }
        guard let second, second.position != .afterEverything else { return LogSize(Int.max) }
        return LogSize(through: second.position)
    }
}

/// Gives the fold the registers of subjects that it does not hold.
///
/// Before anything is made of its not finding one, the rows beside are to be held; see `SubjectRow.holdBeside`.
final class SubjectLoader {
    private let db: Database

    init(_ db: Database) { self.db = db }

    func load(_ subject: String) throws -> [UInt8]? {
        try SubjectRow.encodedRegisters(of: subject, db)
    }
}
