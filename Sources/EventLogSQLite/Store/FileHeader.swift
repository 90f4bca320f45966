internal import EventLog
internal import Files

/// The first 100 bytes of a SQLite file, read before SQLite opens it: opening would change files that are not ours.
enum FileHeader {
    private static let length = 100

    /// - Throws: `notFound`, `readOnly`, or `corrupt` for a file that is no Ambit log.
    static func check(_ path: String) throws {
        let header = try StorageFailure.translating { try ReadableFile(path).prefix(length) }
        guard header.count == length, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw LogError(.corrupt, "\(path) is no Ambit log, or it has been cut short; check the path")
        }
        // https://www.sqlite.org/fileformat.html#application_id
        let applicationID = header[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard applicationID == UInt32(bitPattern: Schema.applicationID) else {
            throw LogError(.corrupt, "\(path) is a SQLite file but no Ambit log; check the path")
        }
    }
}
