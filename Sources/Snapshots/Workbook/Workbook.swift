package import Projections

/// `tables.xlsx`: the tables as the sheets of a workbook, but for `change`, as typed cells.
///
/// Nothing in it can become a formula: texts stand in the cells as texts. Source: ECMA-376, Part 1.
package enum Workbook {
    /// Writes the workbook of a snapshot.
    ///
    /// - Throws: `ProjectionError` with `tooLarge` for a table with more rows than a sheet has, and what the writer throws.
    package static func write(
        _ snapshot: Snapshot,
        for set: SnapshotSet = .members,
        to write: Export.Writer
    ) throws {
        let tables = Table.tables(for: set).filter { $0 != .changes }
        try withoutActuallyEscaping(write) { write in
            let zip = ZipWriter(to: write)
            for (name, content) in parts(tables) { _ = try zip.add(name) { try $0(Array(content.utf8)) } }
            for (index, table) in tables.enumerated() {
                _ = try zip.add("xl/worksheets/sheet\(index + 1).xml") { add in
                    var sheet = SheetWriter(table)
                    try snapshot.forEachRow(of: table) { cells in
                        try sheet.write(cells)
                        if sheet.bytes.count >= pieceLength { try add(sheet.take()) }
                    }
                    try add(sheet.finish())
                }
            }
            try zip.finish()
        }
    }

    private static let pieceLength = 1 << 18

    /// Everything but the sheets, by name.
    private static func parts(_ tables: [Table]) -> [(name: String, content: String)] {
        let spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let package = "http://schemas.openxmlformats.org/package/2006"
        let numbers = tables.indices.map { $0 + 1 }
        let sheets = zip(numbers, tables)
            .map { #"<sheet name="\#($1.name)" sheetId="\#($0)" r:id="rId\#($0)"/>"# }
        let types = numbers.map {
            #"<Override PartName="/xl/worksheets/sheet\#($0).xml" ContentType="\#(spreadsheet).worksheet+xml"/>"#
        }
        let links = numbers.map {
            #"<Relationship Id="rId\#($0)" Type="\#(relationships)/worksheet" Target="worksheets/sheet\#($0).xml"/>"#
        }
        return [
            (
                "[Content_Types].xml",
                #"""
                \#(SheetWriter.declaration)<Types xmlns="\#(package)/content-types">
                <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                <Default Extension="xml" ContentType="application/xml"/>
                <Override PartName="/xl/workbook.xml" ContentType="\#(spreadsheet).sheet.main+xml"/>
                <Override PartName="/xl/styles.xml" ContentType="\#(spreadsheet).styles+xml"/>
                \#(types.joined(separator: "\n"))
                </Types>
                """#
            ),
            (
                "_rels/.rels",
                #"""
                \#(SheetWriter.declaration)<Relationships xmlns="\#(package)/relationships">
                <Relationship Id="rId1" Type="\#(relationships)/officeDocument" Target="xl/workbook.xml"/>
                </Relationships>
                """#
            ),
            (
                "xl/workbook.xml",
                #"""
                \#(SheetWriter.declaration)<workbook xmlns="\#(main)" xmlns:r="\#(relationships)"><sheets>
                \#(sheets.joined(separator: "\n"))
                </sheets></workbook>
                """#
            ),
            (
                "xl/_rels/workbook.xml.rels",
                #"""
                \#(SheetWriter.declaration)<Relationships xmlns="\#(package)/relationships">
                \#(links.joined(separator: "\n"))
                <Relationship Id="rId\#(tables.count + 1)" Type="\#(relationships)/styles" Target="styles.xml"/>
                </Relationships>
                """#
            ),
            ("xl/styles.xml", styles(main)),
        ]
    }

    /// The styles that `SheetWriter.Style` numbers.
    private static func styles(_ main: String) -> String {
        #"""
        \#(SheetWriter.declaration)<styleSheet xmlns="\#(main)">
        <numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts>
        <fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
        <fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
        <borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
        <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
        <cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
        <xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
        <xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
        <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
        </styleSheet>
        """#
    }
}
