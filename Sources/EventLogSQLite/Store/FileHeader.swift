internal import EventLog
internal import SQLiteFiles

/// The first 100 bytes of a SQLite file, read before SQLite opens it: opening would change files that are not ours.
enum FileHeader {
    private static let length = 100

    /// - Throws: `notFound`, `readOnly`, or `corrupt` for a file that is no Ambit log.
    static func check(_ path: String) throws {
        let header = try read(path)
        guard isWhole(header) else {
            throw LogError(.corrupt, "\(path) is no Ambit log, or it has been cut short; check the path")
        }
        // https://www.sqlite.org/fileformat.html#application_id
        guard number(at: 68, header) == UInt32(bitPattern: Schema.applicationID) else {
            throw LogError(.corrupt, "\(path) is a SQLite file but no Ambit log; check the path")
        }
    }

    /// Whether a file is what is left of a log that was being made: nothing says yet what it is, and nothing can be in it.
    ///
    /// - Throws: `notFound`, `readOnly`.
    static func isUnfinished(_ path: String) throws -> Bool {
        let header = try read(path)
        guard isWhole(header) else { return header.count < length }
        // The application id and the user version, which a log has from its first transaction on.
        return number(at: 68, header) == 0 && number(at: 60, header) == 0
    }

    private static func read(_ path: String) throws -> [UInt8] {
        try StorageFailure.translating { try FileBeginning.read(length, of: path) }
    }

    private static func isWhole(_ header: [UInt8]) -> Bool {
        header.count == length && header.starts(with: Array("SQLite format 3\0".utf8))
    }

    private static func number(at offset: Int, _ header: [UInt8]) -> UInt32 {
        header[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
}

extension SQLiteLogStore {
    /// Whether a file is what is left of a log that was being made, and may be made anew.
    ///
    /// - Throws: `notFound`, `readOnly`.
    package static func isUnfinished(at path: String) throws -> Bool { try FileHeader.isUnfinished(path) }
}
