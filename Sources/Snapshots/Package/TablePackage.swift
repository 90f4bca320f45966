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
    ///   - set: whom it is for.
    ///   - workspace: where the state is kept.
    ///   - progress: called now and then with the size reached.
    ///   - write: takes the archive's next bytes.
    /// - Returns: the snapshot that it was made of.
    /// - Throws: `ProjectionError` with `beyondLog` or `tooLarge`, and what the writer throws.
    package static func write(
        of log: any LogReader,
        at size: LogSize,
        for set: SnapshotSet = .members,
        in workspace: FoldedState.Workspace = FoldedState.Workspace(),
        progress: ((LogSize) -> Void)? = nil,
        to write: Export.Writer
    ) throws -> Snapshot {
        try withoutActuallyEscaping(write) { write in
            let zip = ZipWriter(to: write)
            let tables = Table.tables(for: set)
            var files: [(Table, ZipWriter.File)] = []
            var csv = CSVWriter()
            func changes() throws -> Snapshot {
                try zip.begin(Table.changes.fileName)
                csv.write(header: Table.changes.columns)
                let snapshot = try Snapshot(of: log, at: size, in: workspace, progress: progress) { event in
                    Table.forEachChange(by: event) { csv.write($0) }
                    if csv.bytes.count >= pieceLength { try zip.append(csv.take()) }
                }
                try zip.append(csv.take())
                files.append((.changes, try zip.end()))
                return snapshot
            }
            // First, while the state is folded that all others are made of.
            let snapshot =
                try tables.contains(.changes)
                ? changes() : Snapshot(of: log, at: size, in: workspace, progress: progress)
            for table in tables where table != .changes {
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
    private static let conflicts =
        "open_conflict.csv has the values that people wrote without knowing of each other."
    private static let people = "People, and what they wrote in their own words, are left out."

    private static func readme(_ tables: [Table]) -> String {
        let lines = tables.map { "\($0.fileName)\n    \($0.meaning)\n" }
        return """
            Tables of an agenda, as it was at one size of its log.

            The files are CSV (RFC 4180): UTF-8, commas, a header. Numbers have a point, days are YYYY-MM-DD,
            moments are in UTC. An empty cell means that there is no value. The column "subject" names what a
            row is about. datapackage.json says what each column holds, and export.csv what the tables were made of.
            \(tables.contains(.conflicts) ? conflicts : people)

            \(lines.joined())
            """
    }
}

extension Table {
    /// What the table is called among files.
    var fileName: String { "\(name).csv" }
}
