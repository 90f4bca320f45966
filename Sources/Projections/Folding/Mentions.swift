internal import Foundation
internal import GRDB

/// Which segments of the log have entries about a subject: per segment, the sorted distinct 16-bit hashes of the
/// subjects, two bytes each.
///
/// A hash that matches is a hint, not a proof: about one segment in 300 is looked at in vain. So the history read with
/// these hints is exact, and the file needs no numbers for subjects.
enum Mentions {
    /// FNV-1a (64 bits), folded to 16.
    static func hash(_ subject: String) -> UInt16 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in subject.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        return UInt16(truncatingIfNeeded: hash ^ hash >> 16)
    }

    /// Adds subjects to what the file knows of a segment.
    static func add(_ subjects: [String], toSegment number: Int, _ db: Database) throws {
        let select = try db.cachedStatement(sql: "SELECT hashes FROM mentions WHERE segment = ?")
        let known = try Data.fetchOne(select, arguments: [number]).map(hashes(in:)) ?? []
        let wanted = Set(known).union(subjects.map(hash)).sorted()
        guard wanted != known else { return }
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO mentions (segment, hashes) VALUES (?, ?)")
            .execute(arguments: [number, data(wanted)])
    }

    /// The segments that may have entries about the subject, in order.
    static func segments(mentioning subject: String, _ db: Database) throws -> [Int] {
        let wanted = hash(subject)
        var found: [Int] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT segment, hashes FROM mentions ORDER BY segment")
        while let row = try rows.next() {
            let isMentioned = try row.withUnsafeData(atIndex: 1) { data in
                data.map { contains(wanted, in: $0) } ?? false
            }
            if isMentioned { found.append(row[0]) }
        }
        return found
    }

    private static func contains(_ wanted: UInt16, in data: Data) -> Bool {
        data.withUnsafeBytes { bytes in
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

    private static func hashes(in data: Data) -> [UInt16] {
        let bytes = Array(data)
        return stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0 + 1]) << 8 | UInt16(bytes[$0]) }
    }

    static func data(_ hashes: [UInt16]) -> Data {
        Data(hashes.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    }
}
