import AgendaModel
import Foundation
import SyncProtocol
import Wording

/// What goes to standard output and standard error.
enum Output {
    /// Prints one line of text; what would break it is shown instead.
    ///
    /// - Parameters:
    ///   - text: in the reader's language.
    ///   - loss: as for `write`.
    ///   - restore: as for `write`.
    static func line(_ text: String = "", losing loss: String? = nil, restoring restore: (() throws -> Void)? = nil) {
        write(Array((printable(text, lines: 1) + "\n").utf8), losing: loss, restoring: restore)
    }

    /// Prints one line that is written in English, in the language of whoever started the program.
    static func say(_ english: String) { line(Language.spoken.words(of: english)) }

    /// Prints text of several lines, none of which is somebody else's.
    static func text(_ text: String) {
        write(Array((printable(text) + "\n").utf8))
    }

    /// Prints JSON as it is.
    static func json(text: String) {
        write(Array((text + "\n").utf8))
    }

    /// Prints one JSON value on one line, with sorted keys.
    ///
    /// - Parameters:
    ///   - value: the answer.
    ///   - loss: as for `write`.
    ///   - restore: as for `write`.
    /// - Throws: what encoding throws.
    static func json(
        _ value: some Encodable,
        losing loss: String? = nil,
        restoring restore: (() throws -> Void)? = nil
    ) throws {
        write(try ProtocolJSON.encode(value) + [UInt8(ascii: "\n")], losing: loss, restoring: restore)
    }

    /// Prints bytes as they are; on a terminal, what it would obey is shown.
    ///
    /// Ends the program when nobody reads any more, as with `ambit log | head`, which is no failure, and when they cannot
    /// be written, which is one.
    ///
    /// - Parameters:
    ///   - bytes: what is printed.
    ///   - loss: what to say where nobody gets an answer that is given this once; then a reader who is gone is a failure too.
    ///   - restore: what undoes what the answer is about, before the loss is said.
    static func write(
        _ bytes: some Sequence<UInt8>,
        losing loss: String? = nil,
        restoring restore: (() throws -> Void)? = nil
    ) {
        let bytes = Array(bytes)
        let shown = isatty(STDOUT_FILENO) == 1 ? Array(printable(String(decoding: bytes, as: UTF8.self)).utf8) : bytes
        let failure = send(shown, to: STDOUT_FILENO)
        if failure == EPIPE, loss == nil { Foundation.exit(0) }
        if failure != 0 {
            note("ambit: standard output cannot be written: \(String(cString: strerror(failure)))")
            do {
                try restore?()
                if let loss { note("ambit: \(loss)") }
            } catch {
                note("ambit: \(error)")
            }
            Foundation.exit(1)
        }
    }

    /// Says something on standard error, where it does not mix with the answer.
    ///
    /// - Parameter text: in the language of whoever started the program, or in English; of a long one the beginning is said.
    static func note(_ text: String) { aside(noteLine(text)) }

    /// What `note` writes.
    static func noteLine(_ text: String) -> String { printable(noteText(text), lines: 1) + "\n" }

    /// What of a note is said: no answer of somebody else's fills a terminal.
    static func noteText(_ text: String) -> String {
        VisibleText.shortened(Language.spoken.words(of: VisibleText.shortened(text, to: maximumNote)), to: maximumNote)
    }

    /// In characters: more than any of Ambit's own has, with a path.
    private static let maximumNote = 6_000

    /// Writes to standard error as it is; what happens there never stops the work.
    static func aside(_ text: String) {
        _ = send(Array(text.utf8), to: STDERR_FILENO)
    }

    /// Text from elsewhere, fit for a terminal and for eyes; see `VisibleText`.
    static func printable(_ text: String, lines: Int? = nil) -> String { VisibleText.of(text, lines: lines) }

    /// Columns of text, as wide as their widest cell; further lines of a last cell stand below its first.
    ///
    /// - Parameters:
    ///   - rows: of cells.
    ///   - indent: what stands before each line.
    ///   - loss: as for `write`.
    static func table(_ rows: [[String]], indent: String = "", losing loss: String? = nil) {
        write(tableText(rows, indent: indent).utf8, losing: loss)
    }

    /// What `table` prints.
    static func tableText(_ rows: [[String]], indent: String = "") -> String {
        let rows = rows.map { row in
            row.enumerated().map { printable($1, lines: $0 == row.count - 1 ? nil : 1) }
        }
        guard let columns = rows.map(\.count).max() else { return "" }
        var text = ""
        var widths = [Int](repeating: 0, count: columns)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], width(of: cell)) }
        }
        for row in rows {
            let before = row.dropLast().enumerated().map { index, cell in
                cell + String(repeating: " ", count: widths[index] - width(of: cell))
            }
            let start = indent + before.map { $0 + "  " }.joined()
            let lines = (row.last ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            // Never at the beginning of a line, where only Ambit's own words stand.
            text += start + lines.joined(separator: "\n" + String(repeating: " ", count: max(2, start.count))) + "\n"
        }
        return text
    }

    /// In characters, which take long to count where all are ASCII.
    private static func width(of cell: String) -> Int {
        cell.utf8.allSatisfy { $0 < 0x80 } ? cell.utf8.count : cell.count
    }

    /// Whether a person is looking at standard error.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes everything; the error number that stopped it, or 0.
    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
