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
    ///
    /// Ends the program when nobody reads any more, as with `ambit log | head`, which is no failure, and when they cannot
    /// be written, which is one.
    static func write(_ bytes: some Sequence<UInt8>) {
        let failure = send(Array(bytes), to: STDOUT_FILENO)
        if failure == EPIPE { Foundation.exit(0) }
        if failure != 0 {
            note("ambit: standard output cannot be written: \(String(cString: strerror(failure)))")
            Foundation.exit(1)
        }
    }

    /// Says something on standard error, where it does not mix with the answer.
    static func note(_ text: String) {
        aside(printable(text) + "\n")
    }

    /// Writes to standard error as it is; what happens there never stops the work.
    static func aside(_ text: String) {
        _ = send(Array(text.utf8), to: STDERR_FILENO)
    }

    /// Text from elsewhere, fit for a terminal: control characters are shown instead of obeyed.
    ///
    /// Line breaks and tabs stay.
    static func printable(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            // U+2400 and on are pictures of the first 32.
            let picture = scalar.value < 0x20 ? Unicode.Scalar(0x2400 + scalar.value) : "\u{FFFD}"
            result.append(isControl(scalar) ? picture ?? "\u{FFFD}" : scalar)
        }
        return String(result)
    }

    /// Columns of text, as wide as their widest cell; further lines of a last cell stand below its first.
    static func table(_ rows: [[String]], indent: String = "") {
        write(tableText(rows, indent: indent).utf8)
    }

    /// What `table` prints.
    static func tableText(_ rows: [[String]], indent: String = "") -> String {
        let rows = rows.map { $0.map(printable) }
        guard let columns = rows.map(\.count).max() else { return "" }
        var text = ""
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        for row in rows {
            let before = row.dropLast().enumerated().map { index, cell in
                cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            let start = indent + before.map { $0 + "  " }.joined()
            let lines = (row.last ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            text += start + lines.joined(separator: "\n" + String(repeating: " ", count: start.count)) + "\n"
        }
        return text
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
