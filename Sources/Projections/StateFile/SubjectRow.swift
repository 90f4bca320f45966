package import AgendaModel
internal import Foundation
internal import GRDB

/// Rows of the table `subjects`.
enum SubjectRow {
    static func write(_ subject: String, document: [UInt8], registers: [UInt8], with insert: Statement) throws {
        try insert.execute(arguments: [subject, String(decoding: document, as: UTF8.self), Data(registers)])
    }

    static func document(of subject: String, _ db: Database) throws -> [UInt8]? {
        let select = try db.cachedStatement(sql: "SELECT document FROM subjects WHERE subject = ?")
        return try String.fetchOne(select, arguments: [subject]).map { Array($0.utf8) }
    }

    static func encodedRegisters(of subject: String, _ db: Database) throws -> [UInt8]? {
        let select = try db.cachedStatement(sql: "SELECT registers FROM subjects WHERE subject = ?")
        return try Data.fetchOne(select, arguments: [subject]).map(Array.init)
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
        let insert = try db.cachedStatement(sql: "INSERT INTO conflicts (subject, path, since) VALUES (?, ?, ?)")
        let hadAny = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM conflicts)") ?? false
        for subject in subjects {
            if hadAny { try delete.execute(arguments: [subject]) }
            for register in conflicts[subject] ?? [] {
                try insert.execute(arguments: [subject, register.path, register.conflictSince])
            }
        }
    }

    /// The subjects that have open conflicts, sorted bytewise.
    static func subjects(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT DISTINCT subject FROM conflicts ORDER BY subject")
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
