import AgendaModel
import Foundation

/// Files that the person named.
enum Files {
    /// 64 MiB: as much as an import takes.
    private static let greatestLength = 64 * 1024 * 1024
    private static let pieceLength = 1024 * 1024

    /// The bytes of a file, or of a pipe until its end; `-` is standard input.
    static func read(_ path: String) throws -> [UInt8] {
        let unreadable = Failure("\(path) cannot be read. Check the name and its permissions.", code: "input-output")
        guard let file = path == "-" ? .standardInput : FileHandle(forReadingAtPath: path) else { throw unreadable }
        var bytes: [UInt8] = []
        while true {
            guard let piece = try? file.read(upToCount: pieceLength) ?? Data() else { throw unreadable }
            guard !piece.isEmpty else { return bytes }
            bytes += piece
            guard bytes.count <= greatestLength else {
                throw Failure("\(path) has more than \(greatestLength) bytes.", code: "too-large")
            }
        }
    }

    /// The JSON text in a file, or in a pipe.
    static func readJSON(_ path: String) throws -> JSONValue {
        let bytes = try read(path)
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw Failure(error.detail, code: "invalid-event")
        }
    }
}
