import Foundation

/// What goes to standard output and standard error.
enum Output {
    /// Prints one line of text.
    static func line(_ text: String = "") {
        write(Array((text + "\n").utf8))
    }

    /// Prints one JSON value on one line, with sorted keys.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        write(Array(try encoder.encode(value)) + [UInt8(ascii: "\n")])
    }

    /// Prints bytes as they are.
    static func write(_ bytes: some Sequence<UInt8>) {
        FileHandle.standardOutput.writeQuietly(Data(bytes))
    }

    /// Says something on standard error, where it does not mix with the answer.
    static func note(_ text: String) {
        FileHandle.standardError.writeQuietly(Data((text + "\n").utf8))
    }

    /// Columns of text, as wide as their widest cell.
    static func table(_ rows: [[String]], indent: String = "") {
        guard let columns = rows.map(\.count).max() else { return }
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell.padding(toLength: widths[index], withPad: " ", startingAt: 0)
            }
            line(indent + cells.joined(separator: "  "))
        }
    }

    /// Whether a person is looking at standard error.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }
}

extension FileHandle {
    /// Writes, and ends the program quietly when nobody reads any more.
    func writeQuietly(_ data: Data) {
        do {
            try write(contentsOf: data)
        } catch {
            Foundation.exit(1)
        }
    }
}
