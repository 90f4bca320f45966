import AgendaModel
import Testing

@testable import Snapshots

@Suite("Cells that somebody has edited")
struct CellReadingTests {
    private func change(
        _ content: ReadTable.Content,
        since known: Cell = .absent,
        as form: Column.Form,
        isTyped: Bool
    ) throws(TableFileError) -> CellChange {
        let column = Column("kolom", form, "Invented.")
        return try CellReading(column: column, isTyped: isTyped, dayOffset: 0).change(of: content, since: known)
    }

    @Test(
        "What a cell of CSV says is read as the column holds it",
        arguments: [
            (.integer, "12", "12"), (.integer, "-3", "-3"), (.integer, "1e3", "1000"), (.number, "12.5", "12.5"),
            (.number, "1e300", "1e+300"), (.boolean, "TRUE", "true"), (.date, "2026-11-12", "\"2026-11-12\""),
            (.text, "007", "\"007\""), (.number, "1.2500", "1.25"), (.number, "0.125", "0.125"),
            (.number, "1250.125", "1250.125"),
            (.number, "1.25e3", "1250"),
        ] as [(Column.Form, String, String)]
    )
    func texts(_ form: Column.Form, _ text: String, _ expected: String) throws {
        #expect(try change(.text(text), as: form, isTyped: false) == .changed(JSONValue(parsing: expected)))
    }

    @Test(
        "What a column does not hold is refused, however large",
        arguments: [
            (.integer, "1e300"), (.integer, "9223372036854775808"), (.integer, "-1e19"), (.integer, "0.5"),
            (.integer, "x"),
            (.number, "12,5"), (.number, "1e400"), (.number, "0.1234567890123456789"), (.date, "12-11-2026"),
            (.date, "2026-02-30"), (.boolean, "ja"), (.boolean, "2"),
            (.number, "1.250"), (.number, "-12.345"), (.integer, "1.000"), (.integer, "100.000"),
        ] as [(Column.Form, String)]
    )
    func refused(_ form: Column.Form, _ text: String) {
        #expect(throws: TableFileError.self) { try change(.text(text), as: form, isTyped: false) }
        #expect(throws: TableFileError.self) { try change(.text(text), as: form, isTyped: true) }
    }

    @Test(
        "A number that a spreadsheet has shortened is no edit",
        arguments: [
            ("123456789012", "1.23457E+11", false), ("52.9928472837461", "52.99284728", false),
            ("6.5612345678901", "6.561234568", false), ("-6.5612345678901", "-6.561234568", false),
            ("123456789012", "1.3E+11", true), ("52.9928472837461", "52.99", true), ("12.34", "12.3", true),
            ("52.9928472837461", "52.99284729", true),
        ]
    )
    func shortened(_ before: String, _ text: String, _ isEdit: Bool) throws {
        let found = try? change(.text(text), since: .number(before), as: .number, isTyped: false)
        #expect((found != nil) == isEdit)
    }

    @Test(
        "Nor is a text of digits that one has shortened, with a point or a comma",
        arguments: [
            ("0106010000012345", "1.0601E+14", false), ("123456789012", "1.23457E+11", false),
            ("123456789012", "1,23457E+11", false), ("1E5", "1.00E+05", false), ("1E5", "1,00E+05", false),
            ("007", "7", false), ("1234567890123456", "1234567890123450", false),
            ("123456789012", "123456789013", true), ("1234567890123456", "1234567890123457", true),
            ("123456789012", "1.3E+11", true), ("Verzonnen 12", "1.2E+1", true), ("12", "13,5", true),
        ]
    )
    func shortenedText(_ before: String, _ text: String, _ isEdit: Bool) throws {
        let found = try? change(.text(text), since: .text(before), as: .text, isTyped: false)
        #expect(found == (isEdit ? .changed(.string(text)) : nil))
    }

    @Test("A number that the export wrote as Dutch thousands look stays what it is")
    func untouched() throws {
        let known = Cell.number("1.375")
        #expect(try change(.text("1.375"), since: known, as: .number, isTyped: false) == .unchanged)
        #expect(throws: TableFileError.self) { try change(.text("2.375"), since: known, as: .number, isTyped: false) }
    }

    @Test(
        "Numbers of a workbook are truths and whole numbers only where they are some, and never days",
        arguments: [
            (.date, 46_338, nil), (.date, 46_338.5, nil), (.date, 1e300, nil), (.date, 0, nil),
            (.integer, 12, "12"), (.integer, 12.5, nil), (.integer, 1e300, nil), (.number, 1e300, "1e+300"),
            (.boolean, 1, "true"), (.boolean, 2, nil), (.text, 7, "\"7\""),
        ] as [(Column.Form, Double, String?)]
    )
    func numbers(_ form: Column.Form, _ number: Double, _ expected: String?) throws {
        guard let expected else {
            #expect(throws: TableFileError.self) { try change(.number(number), as: form, isTyped: true) }
            return
        }
        #expect(try change(.number(number), as: form, isTyped: true) == .changed(JSONValue(parsing: expected)))
    }

    @Test(
        "What a spreadsheet makes of a cell that nobody touched is no change",
        arguments: [
            (.text, .text("een\r\ntwee"), .text("een\ntwee")), (.text, .text("_x000D_"), .text("_x000D_")),
            (.text, .text(""), .empty), (.number, .number("12.50"), .number(12.5)),
            (.integer, .number("3"), .number(3)),
            (.boolean, .boolean(true), .number(1)), (.date, .text("2026-11-12"), .number(46_338)),
            (.date, .text("2026-11-12"), .day(46_338)), (.number, .number("46338"), .day(46_338)),
            (.number, .number("0.5"), .percentage(0.5)),
            (.date, .text("2026-11-12"), .formatted(46_338)), (.number, .number("12.50"), .formatted(12.5)),
        ] as [(Column.Form, Cell, ReadTable.Content)]
    )
    func unchanged(_ form: Column.Form, _ known: Cell, _ content: ReadTable.Content) throws {
        #expect(try change(content, since: known, as: form, isTyped: true) == .unchanged)
    }

    @Test(
        "What a spreadsheet has made a day or a percentage is no number and no text",
        arguments: [Column.Form.number, .integer, .text, .moment],
        [ReadTable.Content.day(46_143), .percentage(1)]
    )
    func takenForDays(_ form: Column.Form, _ content: ReadTable.Content) {
        #expect(throws: TableFileError.self) { try change(content, as: form, isTyped: true) }
        #expect(throws: TableFileError.self) { try change(content, since: .number("7"), as: form, isTyped: true) }
    }

    @Test("A number with more digits than one holds is refused, but where it stood there before")
    func inexact() throws {
        let content = ReadTable.Content.inexact("0.1234567890123456789")
        for form in [Column.Form.number, .integer, .text, .moment, .date, .boolean] {
            #expect(throws: TableFileError.self) { try change(content, as: form, isTyped: true) }
            #expect(throws: TableFileError.self) { try change(content, since: .number("7"), as: form, isTyped: true) }
        }
        let known = Cell.number("0.1234567890123456789")
        #expect(try change(content, since: known, as: .number, isTyped: true) == .unchanged)
    }

    @Test("A day is one where a day belongs")
    func days() throws {
        #expect(try change(.day(46_338), as: .date, isTyped: true) == .changed(.string("2026-11-12")))
    }

    @Test(
        "A number without the format of a day is no day, whether the cell was empty or held one",
        arguments: [2_027, 112_027, 46_338] as [Double],
        [Cell.absent, .text("2026-03-04")]
    )
    func numbersForDays(_ number: Double, since known: Cell) {
        for content in [ReadTable.Content.number(number), .formatted(number), .percentage(number)] {
            let error = #expect(throws: TableFileError.self) {
                try change(content, since: known, as: .date, isTyped: true)
            }
            #expect(error?.code == .invalidCell)
        }
    }

    @Test("A number that its cell shows in a form of its own is one in a column of numbers alone")
    func formattedNumbers() throws {
        let content = ReadTable.Content.formatted(42)
        for form in [Column.Form.text, .moment] {
            for known in [Cell.absent, .text("00041")] {
                #expect(throws: TableFileError.self) { try change(content, since: known, as: form, isTyped: true) }
            }
        }
        for form in [Column.Form.number, .integer] {
            #expect(try change(content, as: form, isTyped: true) == .changed(.number("42")))
        }
        #expect(try change(.formatted(1), as: .boolean, isTyped: true) == .changed(.bool(true)))
    }

    @Test(
        "A text that a spreadsheet has taken for a number is not recorded as one",
        arguments: [("007", "7"), ("1e3", "1000")]
    )
    func takenForNumbers(_ before: String, _ after: String) {
        #expect(throws: TableFileError.self) {
            try change(.text(after), since: .text(before), as: .text, isTyped: false)
        }
    }

    @Test("A cell that nobody touched is never refused, whatever number it holds")
    func untouchedNumbers() throws {
        for digits in ["9007199254740991", "-9007199254740991"] {
            let known = Cell.number(digits)
            let number = try #require(Double(digits))
            for form in [Column.Form.number, .integer] {
                #expect(try change(.number(number), since: known, as: form, isTyped: true) == .unchanged)
                #expect(try change(.text(digits), since: known, as: form, isTyped: false) == .unchanged)
                #expect(try change(.number(number), as: form, isTyped: true) == .changed(.number(digits)))
            }
        }
        let long = "0.1234567890123456789"
        #expect(try change(.text(long), since: .number(long), as: .number, isTyped: false) == .unchanged)
    }

    /// What becomes of a project's budget.
    private func budget(
        _ content: ReadTable.Content,
        since known: Cell = .number("1500000"),
        isTyped: Bool = true,
        isNamedAsExported: Bool = true
    ) throws(TableFileError) -> CellChange {
        let column = Column("budget", .integer, "Invented.", path: ["budget"])
        let reading = CellReading(
            column: column,
            isTyped: isTyped,
            dayOffset: 0,
            isNamedAsExported: isNamedAsExported
        )
        return try reading.change(of: content, since: known)
    }

    @Test("An amount of a workbook is taken where it says that it is in cents, and nowhere else")
    func amounts() throws {
        let inEuros: [ReadTable.Content] = [
            .money(15_000, sign: "€"), .money(15_000.5, sign: "€"), .money(15_000, sign: ""), .formatted(15_000),
        ]
        for known in [Cell.absent, .number("1500000")] {
            for content in inEuros {
                let error = #expect(throws: TableFileError.self) { try budget(content, since: known) }
                #expect(error?.message.contains("1500000 for € 15000") == true)
            }
            #expect(try budget(.number(2_000_000), since: known) == .changed(.number("2000000")))
            #expect(throws: TableFileError.self) {
                try budget(.number(2_000_000), since: known, isNamedAsExported: false)
            }
        }
        let error = #expect(throws: TableFileError.self) { try budget(.money(15_000, sign: "€")) }
        #expect(error?.message.contains("€ 15000,") == true)
        let untouched: [ReadTable.Content] = [
            .number(1_500_000), .formatted(1_500_000), .money(1_500_000, sign: "€"),
        ]
        for content in untouched { #expect(try budget(content, isNamedAsExported: false) == .unchanged) }
        #expect(try budget(.empty) == .changed(.null))
        // The tables for programs are in cents.
        #expect(try budget(.text("2000000"), isTyped: false) == .changed(.number("2000000")))
    }

    @Test("A workbook names an amount in cents so that it is not taken for euros")
    func namedInCents() throws {
        let project = try #require(Table.all.first { $0.name == "project" })
        let budget = try #require(project.columns.first { $0.name == "budget" })
        #expect(budget.sheetName == "budget (euro cents)")
        #expect(String(decoding: SheetWriter(project).bytes, as: UTF8.self).contains(">budget (euro cents)<"))
        #expect(project.columns.filter { $0.name != $0.sheetName } == [budget])
    }
}
