package import AgendaModel
internal import Foundation
internal import GRDB

/// Rows of the table `subjects`.
enum SubjectRow {
    static let insert = """
        INSERT OR REPLACE INTO subjects (subject, document, document_check, registers, registers_check) VALUES (?, ?, ?, ?, ?)
        """

    static func write(_ subject: String, document: [UInt8], registers: [UInt8], with insert: Statement) throws {
        let name = Array(subject.utf8)
        try insert.execute(arguments: [
            subject, String(decoding: document, as: UTF8.self), RowCheck.value(name, document), Data(registers),
            RowCheck.value(name, registers),
        ])
    }

    static func document(of subject: String, _ db: Database) throws -> [UInt8]? {
        let select = try db.cachedStatement(sql: "SELECT document, document_check FROM subjects WHERE subject = ?")
        return try Row.fetchOne(select, arguments: [subject]).map { try document(in: $0, from: 0, of: subject) }
    }

    /// The document in two columns of a row, with its check.
    static func document(in row: Row, from column: Int, of subject: String) throws -> [UInt8] {
        let document = Array(try RowCheck.text(row, column).utf8)
        try RowCheck.verify(row, column + 1, is: RowCheck.value(Array(subject.utf8), document))
        return document
    }

    static func encodedRegisters(of subject: String, _ db: Database) throws -> [UInt8]? {
        let select = try db.cachedStatement(sql: "SELECT registers, registers_check FROM subjects WHERE subject = ?")
        return try Row.fetchOne(select, arguments: [subject]).map { row in
            let registers = try RowCheck.bytes(row, 0)
            try RowCheck.verify(row, 1, is: RowCheck.value(Array(subject.utf8), registers))
            return registers
        }
    }

    static func registers(of subject: String, _ db: Database) throws -> [Register] {
        guard let encoded = try encodedRegisters(of: subject, db) else { return [] }
        guard let decoded = State.decode(encoded, of: subject) else { throw damaged }
        return decoded.registers
    }

    static func exists(_ subject: String, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM subjects WHERE subject = ?)")
        return try Bool.fetchOne(select, arguments: [subject]) ?? false
    }

    static var damaged: ProjectionError {
        ProjectionError(.damaged, "the state file holds registers that cannot be read; it has to be made anew")
    }
}

/// Rows of the table `conflicts`.
enum ConflictRow {
    static func replace(_ conflicts: [String: [Register]], of subjects: [String], _ db: Database) throws {
        let delete = try db.cachedStatement(sql: "DELETE FROM conflicts WHERE subject = ?")
        let insert = try db.cachedStatement(
            sql: "INSERT INTO conflicts (subject, path, since, \"check\") VALUES (?, ?, ?, ?)"
        )
        let hadAny = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM conflicts)") ?? false
        for subject in subjects {
            if hadAny { try delete.execute(arguments: [subject]) }
            for register in conflicts[subject] ?? [] {
                try insert.execute(arguments: [
                    subject, register.path, register.conflictSince, check(subject, register.path),
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
        let (subject, path) = (try RowCheck.text(row, 0), try RowCheck.text(row, 1))
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
final class SubjectLoader {
    private let db: Database

    init(_ db: Database) { self.db = db }

    func load(_ subject: String) throws -> [UInt8]? {
        try SubjectRow.encodedRegisters(of: subject, db)
    }
}
