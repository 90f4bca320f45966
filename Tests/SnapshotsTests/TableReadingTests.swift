import Testing

@testable import Snapshots

@Suite("Files of tables that somebody has edited")
struct TableReadingTests {
    @Test("A sheet whose cells stand far apart is refused before it takes the memory of all between them")
    func sparse() throws {
        var sheet = "<worksheet><sheetData>"
        for row in 1...10 { sheet += "<row r=\"\(row)\"><c r=\"XFD\(row)\"><v>1</v></c></row>" }
        sheet += "</sheetData></worksheet>"
        let file = try workbook(sheet)
        let error = #expect(throws: TableFileError.self) { try TableFile(file, named: "tables.xlsx", atMost: 100_000) }
        #expect(error?.code == .tooLarge && error?.place?.table == "theme")
    }

    @Test("A CSV of separators alone is refused as well")
    func separators() {
        let line = [UInt8](repeating: UInt8(ascii: ","), count: 900) + [UInt8(ascii: "\n")]
        var bytes: [UInt8] = []
        for _ in 0..<20 { bytes += line }
        let error = #expect(throws: TableFileError.self) {
            try TableFile(bytes, named: "theme.csv", atMost: 10_000)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test(
        "Workbooks are read as spreadsheets save them",
        arguments: [
            "<c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c><c r=\"C1\" t=\"inlineStr\"><is><t>c</t></is></c>",
            "<c t=\"inlineStr\"><is><r><t>a</t></r></is></c><c/><c t=\"str\"><v>c</v></c>",
            "<c r=\"A1\" t=\"inlineStr\"><is><t>a</t><rPh sb=\"0\" eb=\"1\"><t>x</t></rPh><phoneticPr/></is></c><c r=\"C1\" t=\"str\"><v>c</v></c>",
        ]
    )
    func cells(row: String) throws {
        let header = "<row r=\"1\"><c t=\"str\"><v>x</v></c><c t=\"str\"><v>y</v></c><c t=\"str\"><v>z</v></c></row>"
        let body = row.replacing("1\"", with: "2\"")
        let file = try workbook("<worksheet><sheetData>\(header)<row r=\"2\">\(body)</row></sheetData></worksheet>")
        let tables = try TableFile(file, named: "tables.xlsx").tables
        #expect(tables.map(\.header) == [["x", "y", "z"]])
        #expect(tables[0].rows == [ReadTable.Row(number: 2, cells: [.text("a"), .empty, .text("c")])])
    }

    @Test(
        "Codes of formats are told apart by what they show",
        arguments: [
            ("General", .general), ("GENERAL", .general), ("[Red][$-413]General", .general), ("@", .general),
            ("General\" dagen\"", .plain), ("[$€-413]General", .money("€")), ("00000", .plain), ("0", .plain),
            ("0.00E+00", .plain), ("#,##0\\ \"dagen\"", .plain), ("[Red]-0;[Blue]0", .plain),
            ("0_s;[Red]-0", .plain), ("0*d", .plain), ("General;[Red]-General", .plain),
            ("[$€-413]\\ #,##0.00", .money("€")), ("_ \"€\"\\ * #,##0.00_ ;_ @_ ", .money("€")),
            ("\\€0", .money("€")), ("0 $", .money("$")), ("[$USD] 0", .money("USD")), ("0;[$€-2] 0", .money("€")),
            ("_€0", .plain), ("0_s;yyyy", .day), ("[>=1]0.00;0%", .percentage), ("0;0;\"-\";0%", .percentage),
            ("yyyy\\-mm\\-dd", .day), ("[$-413]D MMM", .day), ("[h]:mm", .day), ("[ss]", .day),
            ("0%", .percentage), ("0.0\\ %", .percentage), ("0\"%\"", .plain),
        ] as [(String, NumberFormat)]
    )
    func formats(_ code: String, _ expected: NumberFormat) { #expect(NumberFormat(code: code) == expected) }

    @Test("Cells are read with the format that their style has")
    func styles() throws {
        let styles = """
            <styleSheet><numFmts><numFmt numFmtId="164" formatCode="d\\-m\\-yyyy"/></numFmts>
            <cellStyleXfs><xf numFmtId="14"/><xf numFmtId="9"/></cellStyleXfs>
            <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="10"/><xf numFmtId="14"/><xf numFmtId="2"/></cellXfs>
            <dxfs><dxf><numFmt numFmtId="165" formatCode="0%"/></dxf></dxfs></styleSheet>
            """
        let texts = (0..<6).map { "<c t=\"str\"><v>x\($0)</v></c>" }.joined()
        let numbers = (0..<6).map { "<c s=\"\($0)\"><v>1</v></c>" }.joined()
        let file = try workbook(
            "<worksheet><sheetData><row r=\"1\">\(texts)</row><row r=\"2\">\(numbers)</row></sheetData></worksheet>",
            styles: styles
        )
        let tables = try TableFile(file, named: "tables.xlsx").tables
        #expect(
            tables[0].rows.map(\.cells)
                == [[.number(1), .day(1), .percentage(1), .day(1), .formatted(1), .number(1)]]
        )
    }

    @Test(
        "A number is one that a spreadsheet saves; one with more digits is not rounded in silence",
        arguments: [
            ("0", .number(0)), ("-0", .number(0)), ("1250.50", .number(1250.5)), ("0.10000000000000001", .number(0.1)),
            ("0.30000000000000004", .number(0.1 + 0.2)), ("1.2345678901234567E+19", .number(1.2345678901234567e19)),
            ("100000000000000000000", .number(1e20)), ("-7.5e-3", .number(-0.0075)),
            ("0.1234567890123456789", .inexact("0.1234567890123456789")),
            ("4503599627370497.3", .inexact("4503599627370497.3")),
            ("9007199254740993", .inexact("9007199254740993")),
        ] as [(String, ReadTable.Content)]
    )
    func digits(_ text: String, _ content: ReadTable.Content) throws {
        let file = try workbook(
            """
            <worksheet><sheetData><row r="1"><c t="str"><v>x</v></c></row>
            <row r="2"><c><v>\(text)</v></c></row></sheetData></worksheet>
            """
        )
        #expect(try TableFile(file, named: "tables.xlsx").tables[0].rows.map(\.cells) == [[content]])
    }

    /// The archive of a workbook with one sheet.
    private func workbook(_ sheet: String, styles: String? = nil) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let zip = ZipWriter { bytes += $0 }
        var parts = [
            "xl/_rels/workbook.xml.rels": "<Relationships><Relationship Id=\"r\" Target=\"s.xml\"/></Relationships>",
            "xl/workbook.xml": "<workbook><sheets><sheet name=\"theme\" r:id=\"r\"/></sheets></workbook>",
            "xl/s.xml": sheet,
        ]
        parts["xl/styles.xml"] = styles
        for (name, text) in parts.sorted(by: { $0.key < $1.key }) { _ = try zip.add(name) { try $0(Array(text.utf8)) } }
        try zip.finish()
        return bytes
    }
}
