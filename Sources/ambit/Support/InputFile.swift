import AgendaModel
import Files
import TypedInput

/// Files and pipes that the person named.
enum InputFile {
    /// In bytes, 64 MiB: as much as an import takes.
    private static let maximumLength = 64 * 1024 * 1024

    /// The bytes of a file, or of a pipe until its end; `-` is standard input.
    static func read(_ path: String) throws -> [UInt8] {
        let bytes: [UInt8]?
        do {
            bytes = try ReadableFile(orPipe: path).contents(upTo: maximumLength)
        } catch {
            throw Failure("\(path) cannot be read. Check the name and its permissions.", code: "input-output")
        }
        guard let bytes else { throw Failure("\(path) has more than \(maximumLength) bytes.", code: "too-large") }
        return bytes
    }

    /// The text in a file, or in a pipe: UTF-8, without a byte-order mark.
    static func readText(_ path: String) throws -> [UInt8] {
        try TextFile.utf8(read(path), named: path == "-" ? "standard input" : path)
    }

    /// The JSON text in a file, or in a pipe.
    static func readJSON(_ path: String) throws -> JSONValue {
        let bytes = try readText(path)
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw Failure(error.detail, code: "invalid-event")
        }
    }
}
