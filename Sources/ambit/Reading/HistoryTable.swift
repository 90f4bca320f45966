import ArgumentParser
import Projections
import Snapshots
import Wording

/// What happened as a table that others open: CSV for spreadsheets, or a page to print or send.
struct HistoryTable {
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case csv, html
    }

    private let format: Format
    private let localizer: Localizer

    init(_ format: Format, in localizer: Localizer) {
        self.format = format
        self.localizer = localizer
    }

    /// What stands in front of the rows.
    ///
    /// - Parameter agenda: the log's origin.
    /// - Returns: bytes of CSV, or of HTML.
    func head(of agenda: String) -> [UInt8] {
        guard format == .html else { return csv(localizer.columns) }
        let title = escaped(localizer.message(.historyOf, ["agenda": agenda]))
        let columns = localizer.columns.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        return Array(
            """
            <!doctype html>
            <html lang="\(localizer.language.rawValue)">
            <head>
            <meta charset="utf-8">
            <title>\(title)</title>
            <style>
            body { font-family: sans-serif; }
            table { border-collapse: collapse; }
            th, td { border: 1px solid; padding: 0.2em 0.4em; text-align: left; vertical-align: top; }
            thead { display: table-header-group; }
            </style>
            </head>
            <body>
            <h1>\(title)</h1>
            <table>
            <thead><tr>\(columns)</tr></thead>
            <tbody>

            """.utf8
        )
    }

    func rows(_ event: HistoryEvent) -> [UInt8] {
        localizer.rows(event).flatMap { row in
            guard format == .html else { return csv(row) }
            return Array("<tr>\(row.map { "<td>\(escaped($0))</td>" }.joined())</tr>\n".utf8)
        }
    }

    /// What stands behind the rows.
    var foot: [UInt8] { format == .html ? Array("</tbody>\n</table>\n</body>\n</html>\n".utf8) : [] }

    private func csv(_ row: [String]) -> [UInt8] {
        var writer = CSVWriter()
        writer.write(row.map { $0.isEmpty ? .absent : .text($0) })
        return writer.bytes
    }

    /// Nothing that somebody recorded is ever markup, or steers a terminal.
    private func escaped(_ text: String) -> String {
        // Scalar by scalar: a mark that combines with < makes it another character, and no other markup.
        String(
            Output.printable(text).unicodeScalars.reduce(into: String.UnicodeScalarView()) { result, scalar in
                switch scalar {
                case "&": result += "&amp;".unicodeScalars
                case "<": result += "&lt;".unicodeScalars
                case ">": result += "&gt;".unicodeScalars
                case "\"": result += "&quot;".unicodeScalars
                default: result.append(scalar)
                }
            }
        )
    }
}
