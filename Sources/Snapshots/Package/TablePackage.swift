package import AgendaModel
package import EventLog
package import Projections

/// `tables.zip`: a CSV for each table, described as a Frictionless Data Package.
///
/// Source: Data Package v2, https://datapackage.org/standard/data-package/.
package enum TablePackage {
    /// Writes the archive of a log at a size.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - write: takes the archive's next bytes.
    /// - Returns: the snapshot that it was made of.
    /// - Throws: `ProjectionError` with `beyondLog`, `SnapshotError` with `tooLarge`, and what the writer throws.
    package static func write(of log: any LogReader, at size: LogSize, to write: Export.Writer) throws -> Snapshot {
        try withoutActuallyEscaping(write) { write in
            let zip = ZipWriter(to: write)
            var files: [(Table, ZipWriter.File)] = []
            var csv = CSVWriter()
            // First, while the state is folded that all others are made of.
            try zip.begin(Table.changes.fileName)
            csv.write(header: Table.changes.columns)
            let snapshot = try Snapshot(of: log, at: size) { event in
                Table.forEachChange(by: event) { csv.write($0) }
                if csv.bytes.count >= pieceLength { try zip.append(csv.take()) }
            }
            try zip.append(csv.take())
            files.append((.changes, try zip.end()))
            for table in Table.all where table != .changes {
                try zip.begin(table.fileName)
                csv.write(header: table.columns)
                try snapshot.forEachRow(of: table) { cells in
                    csv.write(cells)
                    if csv.bytes.count >= pieceLength { try zip.append(csv.take()) }
                }
                try zip.append(csv.take())
                files.append((table, try zip.end()))
            }
            _ = try zip.add("README.txt") { try $0(Array(readme(files.map(\.0)).utf8)) }
            _ = try zip.add("datapackage.json") { try $0(DataPackage(files).json.bytes + [Lines.newline]) }
            try zip.finish()
            return snapshot
        }
    }

    private static let pieceLength = 1 << 18

    private static func readme(_ tables: [Table]) -> String {
        let lines = tables.map { "\($0.fileName)\n    \($0.meaning)\n" }
        return """
            Tables of an agenda, as it was at one size of its log.

            The files are CSV (RFC 4180): UTF-8, commas, a header. Numbers have a point, days are YYYY-MM-DD,
            moments are in UTC. An empty cell means that there is no value. The column "subject" names what a
            row is about. datapackage.json says what each column holds, and export.csv what the tables were made of.
            open_conflict.csv has the values that people wrote without knowing of each other.

            \(lines.joined())
            """
    }
}

extension Table {
    /// What the table is called among files.
    var fileName: String { "\(name).csv" }
}
