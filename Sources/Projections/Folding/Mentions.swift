internal import EventLog
internal import Foundation
internal import GRDB
internal import SQLiteFiles

/// Which segments of the log have entries about a subject: per segment, the sorted distinct 16-bit hashes of the
/// subjects, two bytes each.
///
/// A hash that matches is a hint, not a proof: about one segment in 300 is looked at in vain. So the history read with
/// these hints is exact, and the file needs no numbers for subjects.
enum Mentions {
    /// FNV-1a (64 bits), folded to 16.
    static func hash(_ subject: some Sequence<UInt8>) -> UInt16 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in subject { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        return UInt16(truncatingIfNeeded: hash ^ hash >> 16)
    }

    /// Adds subjects, by their hashes, to what the file knows of a segment.
    ///
    /// - Parameters:
    ///   - subjects: the hashes.
    ///   - number: the segment's.
    ///   - isBegun: whether entries of it have been folded before, so that it has a row.
    ///   - db: of the file.
    /// - Throws: `damaged` for a row that is not as it was written, or not there.
    static func add(
        _ subjects: some Sequence<UInt16>,
        toSegment number: Int,
        begunBefore isBegun: Bool,
        _ db: Database
    ) throws {
        let select = try db.cachedStatement(sql: "SELECT segment, hashes, \"check\" FROM mentions WHERE segment = ?")
        let found = try Row.fetchOne(select, arguments: [number]).map { try read($0) }
        guard found?.segment == (isBegun ? number : nil) else { throw SubjectRow.damaged }
        let known = found.map { hashes(in: $0.hashes) } ?? []
        let wanted = Set(known).union(subjects).sorted()
        guard wanted != known else { return }
        let wantedData = data(wanted)
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO mentions (segment, hashes, \"check\") VALUES (?, ?, ?)")
            .execute(arguments: [number, wantedData, check(number, Array(wantedData))])
    }

    static func check(_ number: Int, _ hashes: [UInt8]) -> Int {
        RowCheck.value(Array("\(number)".utf8), hashes)
    }

    /// - Throws: `damaged` for a row that is not as it was written.
    private static func read(_ row: Row) throws -> (segment: Int, hashes: [UInt8]) {
        guard let number = Int.fromDatabaseValue(row[0]) else { throw SubjectRow.damaged }
        let hashes = try RowCheck.bytes(row, 1)
        try RowCheck.verify(row, 2, is: check(number, hashes))
        return (number, hashes)
    }

    /// The segments that may have entries about the subject, in order.
    static func segments(mentioning subject: String, _ db: Database) throws -> [Int] {
        try segments(mentioningAnyOf: [subject], db)
    }

    /// The segments that may have entries about one of the subjects, in order.
    static func segments(mentioningAnyOf subjects: Set<String>, _ db: Database) throws -> [Int] {
        let table = try all(db)
        return Set(subjects.flatMap(table.segments(mentioning:))).sorted()
    }

    /// What is known of every segment, for whoever asks about many subjects.
    ///
    /// - Throws: `damaged` for a row that is not as it was written, or not there.
    static func all(_ db: Database) throws -> Table {
        let rows = try Row.fetchCursor(db, sql: "SELECT segment, hashes, \"check\" FROM mentions ORDER BY segment")
        var table = Table()
        while let row = try rows.next() {
            let found = try read(row)
            guard found.segment == table.rows.count else { throw SubjectRow.damaged }
            table.rows.append(found)
        }
        guard try table.rows.count == LogMark.readSize(db).startedSegments else { throw SubjectRow.damaged }
        return table
    }

    struct Table {
        fileprivate var rows: [(segment: Int, hashes: [UInt8])] = []

        func segments(mentioning subject: String) -> [Int] {
            let wanted = hash(subject.utf8)
            return rows.filter { contains(wanted, in: $0.hashes) }.map(\.segment)
        }
    }

    private static func contains(_ wanted: UInt16, in hashes: [UInt8]) -> Bool {
        hashes.withUnsafeBytes { bytes in
            var (from, to) = (0, bytes.count / 2)
            while from < to {
                let middle = (from + to) / 2
                let value = UInt16(bytes[2 * middle + 1]) << 8 | UInt16(bytes[2 * middle])
                if value == wanted { return true }
                if value < wanted { from = middle + 1 } else { to = middle }
            }
            return false
        }
    }

    private static func hashes(in bytes: [UInt8]) -> [UInt16] {
        stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0 + 1]) << 8 | UInt16(bytes[$0]) }
    }

    static func data(_ hashes: [UInt16]) -> Data {
        Data(hashes.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    }
}
