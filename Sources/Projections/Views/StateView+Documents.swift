package import AgendaModel
package import EventLog
internal import Foundation
internal import GRDB
internal import SQLiteFiles

extension StateView {
    /// A page of documents, sorted bytewise by subject: of one kind or of all, after a subject.
    package func documents(
        kind: String?,
        after: String?,
        limit: Int
    ) throws -> [(subject: String, document: [UInt8])] {
        var found: [(subject: String, document: [UInt8])] = []
        guard limit > 0 else { return found }
        try forEachDocument(kind: kind, after: after) { subject, document in
            found.append((subject, document))
            return found.count < limit
        }
        return found
    }

    /// Calls the body with each document, sorted bytewise by subject, until it returns false.
    package func forEachDocument(
        kind: String?,
        after: String? = nil,
        _ body: (_ subject: String, _ document: [UInt8]) throws -> Bool
    ) throws {
        try forEachDocument(kind: kind, after: after, ofRows: { _, _ in true }, body)
    }

    /// Calls the body with each document in which all that is looked for is found.
    ///
    /// In the order of subjects, until the body returns false.
    ///
    /// - Parameters:
    ///   - kind: of the catalogue; nil = all.
    ///   - search: what is looked for.
    ///   - fields: at the top of documents, in which it is looked for.
    ///   - body: gets the subject and its document.
    /// - Throws: what SQLite and the body throw.
    package func forEachDocument(
        kind: String?,
        having search: TextSearch,
        in fields: [String],
        _ body: (_ subject: String, _ document: JSONValue) throws -> Bool
    ) throws {
        var quick = QuickSearch(search, in: fields)
        try forEachDocument(kind: kind, after: nil, ofRows: { try quick.finds(inRegisters: $1, of: $0) }) {
            subject,
            document in
            let values = try JSONValue(folded: document)
            guard search.finds(in: fields.compactMap { values[$0]?.text }) else { return true }
            return try body(subject, values)
        }
    }

    // `isWanted` looks at a row before a document is made of it.
    private func forEachDocument(
        kind: String?,
        after: String?,
        ofRows isWanted: (_ subject: String, _ registers: [UInt8]) throws -> Bool,
        _ body: (_ subject: String, _ document: [UInt8]) throws -> Bool
    ) throws {
        var pending = SubjectRange(kind: kind, after: after).slice(of: overlaid)
        func give(_ subject: String, _ document: [UInt8]) throws -> Bool {
            guard personal.shows(subject) else { return true }
            return try body(subject, personal.apply(to: document, of: subject))
        }
        func givePending(before bound: String?) throws -> Bool {
            while let subject = pending.first, bound.map({ subject < $0 }) ?? true {
                pending.removeFirst()
                guard let document = overlay?.document(of: subject) else { continue }
                reads.add(bytes: document.count)
                if try !give(subject, document) { return false }
            }
            return true
        }
        var rows = try SubjectRange(kind: kind, after: after).rows(db)
        while let (subject, registers) = try rows.next() {
            reads.add(bytes: registers.count)
            guard try givePending(before: subject) else { return }
            if subject == pending.first { continue }
            guard try isWanted(subject, registers) else { continue }
            guard try give(subject, SubjectRow.document(inRegisters: registers, of: subject)) else { return }
        }
        _ = try givePending(before: nil)
    }

    /// SHA-256 over `<subject> <JCS of the document>\n` per subject, sorted bytewise: of what is in the log, with
    /// everything in it.
    package func digest() throws -> Hash { try keptDigest() ?? computeDigest() }

    func keptDigest() throws -> Hash? {
        let select = try db.cachedStatement(sql: "SELECT digest, \"check\" FROM digests WHERE size = ?")
        guard let row = try Row.fetchOne(select, arguments: [size]) else { return nil }
        let digest = try RowCheck.bytes(row, 0)
        try RowCheck.verify(row, 1, is: Self.check(digest, at: size))
        return Hash(bytes: digest)
    }

    func computeDigest() throws -> Hash {
        var hasher = Hasher256()
        func add(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { hasher.update($0) } }
        var rows = try SubjectRange(kind: nil, after: nil).rows(db)
        while let (subject, registers) = try rows.next() {
            add(Array(subject.utf8) + [UInt8(ascii: " ")])
            add(try SubjectRow.document(inRegisters: registers, of: subject) + [UInt8(ascii: "\n")])
        }
        return hasher.finish()
    }

    static func keep(_ digest: Hash, at size: LogSize, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO digests (size, digest, \"check\") VALUES (?, ?, ?)")
            .execute(arguments: [size, Data(digest.bytes), check(digest.bytes, at: size)])
    }

    static func check(_ digest: [UInt8], at size: LogSize) -> Int {
        RowCheck.value(Array("\(size)".utf8), digest)
    }
}
