internal import AgendaModel
internal import Foundation

/// Reads the sheets of a workbook as spreadsheets save it: values alone, within bounds.
struct WorkbookReader {
    private let zip: ZipReader
    /// How many cells of a sheet are read, those between them that it leaves out included.
    private let cellLimit: Int
    /// Texts that cells name by their numbers.
    private var shared: [String] = []
    /// How cells show their numbers, by the numbers of their styles.
    private var formats: [NumberFormat] = []
    /// Whether days are counted from 1904.
    private var countsFrom1904 = false
    /// The names of the sheets, with the paths of their files.
    private var sheets: [(name: String, path: String)] = []

    /// - Throws: `TableFileError` with `unreadable` for what is no workbook.
    init(_ zip: ZipReader, atMost cellLimit: Int) throws(TableFileError) {
        self.zip = zip
        self.cellLimit = cellLimit
        let book = "xl/workbook.xml"
        let targets = try Self.targets(in: zip, "xl/_rels/workbook.xml.rels")
        guard let bytes = try zip.contents(of: book) else {
            throw TableFileError(.unreadable, "the file is no workbook; save it as .xlsx, and try again")
        }
        var scanner = XMLScanner(bytes)
        while let piece = try scanner.next() {
            guard case .start(let element, let attributes) = piece else { continue }
            if element == "workbookPr", let flag = attributes["date1904"] {
                countsFrom1904 = flag == "1" || flag == "true"
            }
            guard element == "sheet", let name = attributes["name"] else { continue }
            let id = attributes.first { $0.key == "id" || $0.key.hasSuffix(":id") }?.value
            guard let target = id.flatMap({ targets[$0] }) else { throw Self.damaged }
            sheets.append((name, target.hasPrefix("/") ? String(target.dropFirst()) : "xl/\(target)"))
        }
        if let bytes = try zip.contents(of: "xl/sharedStrings.xml") { shared = try Self.sharedTexts(bytes) }
        if let bytes = try zip.contents(of: "xl/styles.xml") { formats = try NumberFormat.formats(of: bytes) }
    }

    /// All sheets, in their order, hidden ones too.
    ///
    /// - Throws: `TableFileError`: `unreadable`, `tooLarge`, or `invalidCell` for merged cells and a header that is wrong.
    func tables() throws(TableFileError) -> [ReadTable] {
        var tables: [ReadTable] = []
        for (name, path) in sheets {
            guard let bytes = try zip.contents(of: path) else { throw Self.damaged }
            tables.append(try ReadTable(name: name, isTyped: true, try rows(of: bytes, name)))
        }
        return tables
    }

    private typealias Row = (number: Int, cells: [ReadTable.Content])

    private func rows(of bytes: [UInt8], _ name: String) throws(TableFileError) -> [Row] {
        var scanner = XMLScanner(bytes)
        var rows: [Row] = []
        var count = 0
        while let piece = try scanner.next() {
            guard case .start(let element, let attributes) = piece else { continue }
            switch element {
            case "row":
                let number = attributes["r"].flatMap { Int($0) } ?? (rows.last?.number ?? 0) + 1
                guard number > rows.last?.number ?? 0, number <= Self.maximumRows else { throw Self.damaged }
                rows.append((number, []))
            case "c":
                let last = rows.count - 1
                guard last >= 0 else { throw Self.damaged }
                let index = attributes["r"].flatMap(Self.column) ?? rows[last].cells.count
                let gap = index - rows[last].cells.count
                guard gap >= 0, index < Self.maximumColumns else { throw Self.damaged }
                count += gap + 1
                guard count <= cellLimit else { throw TableFile.tooLarge(name) }
                rows[last].cells += [ReadTable.Content](repeating: .empty, count: gap)
                rows[last].cells.append(try content(attributes, &scanner))
            case "mergeCell":
                throw TableFileError(
                    .invalidCell,
                    "the cells \(attributes["ref"] ?? "") are merged; split them, and put the values back",
                    at: .init(name)
                )
            default: break
            }
        }
        return rows
    }

    /// What a cell that has just begun holds.
    private func content(
        _ attributes: [String: String],
        _ scanner: inout XMLScanner
    ) throws(TableFileError) -> ReadTable.Content {
        var (value, text, formula): (String?, String?, String?)
        cell: while let piece = try scanner.next() {
            switch piece {
            case .start("v", _): value = try scanner.text()
            case .start("is", _): text = try scanner.text(leavingOut: ["rPh", "phoneticPr"])
            case .start("f", _): formula = try scanner.text()
            case .end("c"): break cell
            default: break
            }
        }
        // LibreOffice saves truths as formulas.
        if let formula, !["TRUE()", "FALSE()"].contains(formula.uppercased()) { return .formula }
        switch attributes["t"] ?? "n" {
        case "inlineStr": return text.map { .text($0) } ?? .empty
        case "s":
            guard let index = value.flatMap({ Int($0) }), shared.indices.contains(index) else { throw Self.damaged }
            return .text(shared[index])
        case "str", "d": return value.map { .text($0) } ?? .empty
        case "b": return value.map { .boolean($0 == "1" || $0 == "true") } ?? .empty
        case "e": return .error(value ?? "")
        default:
            guard let value, !value.isEmpty else { return .empty }
            // `Double` reads hexadecimal too, which no spreadsheet writes.
            guard DecimalText(value) != nil, let number = Double(value), number.isFinite else { throw Self.damaged }
            guard Self.isSaved(value, as: number) else { return .inexact(value) }
            let style = attributes["s"].flatMap { Int($0) } ?? 0
            switch formats.indices.contains(style) ? formats[style] : .general {
            case .general: return .number(number)
            case .plain: return .formatted(number)
            case .day: return .day(number)
            case .percentage: return .percentage(number)
            case .money(let sign): return .money(number, sign: sign)
            }
        }
    }

    /// Whether digits are those of a number, as far as they go.
    ///
    /// Spreadsheets save so many that the same number is read again, and 0.1 as 0.10000000000000001.
    private static func isSaved(_ text: String, as number: Double) -> Bool {
        guard let written = DecimalText(text), written.digitCount <= maximumDigits else { return false }
        return DecimalText(String(format: "%.\(max(written.digitCount, 1) - 1)e", number)) == written
    }

    /// So many tell each number from all others.
    private static let maximumDigits = 17

    /// The number of days that a serial number of this workbook is behind.
    var dayOffset: Int { countsFrom1904 ? 1_462 : 0 }

    /// Of a cell's name, such as `AB12`, the column from 0.
    private static func column(_ name: String) -> Int? {
        let letters = name.utf8.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        guard (1...3).contains(letters.count) else { return nil }
        return letters.reduce(0) { $0 * 26 + Int($1 - UInt8(ascii: "A")) + 1 } - 1
    }

    private static func sharedTexts(_ bytes: [UInt8]) throws(TableFileError) -> [String] {
        var scanner = XMLScanner(bytes)
        var texts: [String] = []
        while let piece = try scanner.next() {
            if case .start("si", _) = piece { texts.append(try scanner.text(leavingOut: ["rPh", "phoneticPr"])) }
        }
        return texts
    }

    private static func targets(in zip: ZipReader, _ name: String) throws(TableFileError) -> [String: String] {
        guard let bytes = try zip.contents(of: name) else { return [:] }
        var scanner = XMLScanner(bytes)
        var targets: [String: String] = [:]
        while let piece = try scanner.next() {
            guard case .start("Relationship", let attributes) = piece, let id = attributes["Id"] else { continue }
            targets[id] = attributes["Target"]
        }
        return targets
    }

    private static let damaged = TableFileError(
        .unreadable,
        "the workbook is damaged; save it anew, and try again"
    )
    private static let maximumRows = 1_048_576
    private static let maximumColumns = 16_384
}
