/// A file of tables that somebody has edited: a workbook, an archive of CSV, or one CSV.
package struct TableFile: Sendable {
    package let tables: [ReadTable]
    /// What is taken from the serial numbers of days: spreadsheets may count them from 1904.
    let dayOffset: Int

    /// Whether bytes are an archive, and so a workbook or one of CSV files.
    package static func isArchive(_ bytes: [UInt8]) -> Bool { ZipReader.isZip(bytes) }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: all of it.
    ///   - name: the file's, without its folder: a single CSV is named after its table.
    ///   - cellLimit: how many cells of each table are read.
    /// - Throws: `TableFileError`.
    package init(_ bytes: [UInt8], named name: String, atMost cellLimit: Int = 20_000_000) throws(TableFileError) {
        guard ZipReader.isZip(bytes) else {
            guard name.hasSuffix(".csv") else {
                throw TableFileError(.unreadable, "it is no workbook and no archive; it may have been cut off")
            }
            tables = [try CSVReader.read(bytes, named: String(name.dropLast(4)), atMost: cellLimit)]
            dayOffset = 0
            return
        }
        let zip = try ZipReader(bytes)
        guard !zip.names.contains(where: { $0.hasSuffix(".csv") }) else {
            var read: [ReadTable] = []
            for file in zip.names where file.hasSuffix(".csv") {
                let base = file.split(separator: "/").last.map(String.init) ?? file
                read.append(
                    try CSVReader.read(zip.contents(of: file) ?? [], named: String(base.dropLast(4)), atMost: cellLimit)
                )
            }
            tables = read
            dayOffset = 0
            return
        }
        let book = try WorkbookReader(zip, atMost: cellLimit)
        tables = try book.tables()
        dayOffset = book.dayOffset
    }

    static func tooLarge(_ table: String) -> TableFileError {
        TableFileError(
            .tooLarge,
            "the table has more cells than are read; take away what is no row of it",
            at: .init(table)
        )
    }
}
