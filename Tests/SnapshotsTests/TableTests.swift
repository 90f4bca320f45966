import AgendaModel
import EventLogTesting
import Testing

@testable import Snapshots

@Suite("The tables of a snapshot")
struct TableTests {
    @Test("Every field of every kind that has a table is a column, or a table of its own")
    func fields() throws {
        let left = Set(Catalogue.current.kinds.map(\.name)).subtracting(Table.all.map(\.name))
        #expect(left == ["entry", "loss"])
        for kind in Catalogue.current.kinds where !left.contains(kind.name) {
            let table = try #require(Table.named(kind.name))
            let columns = Set(table.columns.map(\.path))
            for path in kind.fields.flatMap({ Self.leaves($0, []) }) {
                #expect(columns.contains(path), "\(kind.name) \(path)")
            }
            for field in kind.fields {
                guard case .map = field.form else { continue }
                let own = Table.all.filter { $0.rows == .members(kind: kind.name, field: field.name) }
                #expect(own.count == 1, "\(kind.name) \(field.name)")
            }
        }
    }

    private static func leaves(_ field: Catalogue.Field, _ prefix: [String]) -> [[String]] {
        switch field.form {
        case .object(let fields): fields.flatMap { leaves($0, prefix + [field.name]) }
        case .map: []
        default: [prefix + [field.name]]
        }
    }

    @Test("Names are given once, every table has its subject, and references lead to tables that are there")
    func names() {
        #expect(Set(Table.all.map(\.name)).count == Table.all.count)
        for shown in [Table.all, Table.tables(for: .everybody)] {
            let names = Set(shown.map(\.name))
            for table in shown {
                #expect(Set(table.columns.map(\.name)).count == table.columns.count)
                #expect(table.columns.contains { $0.name == "subject" }, "\(table.name)")
                #expect(table.key.allSatisfy { key in table.columns.contains { $0.name == key } })
                for column in table.columns {
                    #expect(column.references.map(names.contains) ?? true, "\(table.name).\(column.name)")
                }
            }
        }
    }

    @Test("What everybody may have names no people and has no field that is personal")
    func forEverybody() {
        let shown = Table.tables(for: .everybody)
        #expect(!shown.isEmpty)
        #expect(Set(shown.map(\.name)).isDisjoint(with: ["note", "member", "device", "change", "open_conflict"]))
        for kind in Catalogue.current.kinds where kind.fields.contains(where: \.isPersonal) {
            #expect(!shown.contains { $0.name == kind.name })
        }
    }

    @Test("Rows come in the order of the key, and each key once")
    func order() throws {
        let snapshot = try TestLog.generated(2_000).snapshot()
        for table in Table.all where table != .changes {
            let places = table.key.map { key in table.columns.firstIndex { $0.name == key } ?? -1 }
            var last: [String] = []
            var count = 0
            try snapshot.forEachRow(of: table) { cells in
                #expect(cells.count == table.columns.count)
                let key = places.map { place -> String in
                    switch cells[place] {
                    case .text(let text): text
                    case .number(let digits): String(repeating: "0", count: 20 - digits.utf8.count) + digits
                    default: ""
                    }
                }
                #expect(last.isEmpty || Self.precedes(last, key), "\(table.name) \(last) \(key)")
                (last, count) = (key, count + 1)
            }
            if table.name == "measurement" || table.name == "project" { #expect(count > 10) }
        }
    }

    private static func precedes(_ left: [String], _ right: [String]) -> Bool {
        left.map { Array($0.utf8) }.lexicographicallyPrecedes(right.map { Array($0.utf8) }) {
            $0.lexicographicallyPrecedes($1)
        }
    }

    @Test(
        "Cells are CSV as RFC 4180 has it",
        arguments: [
            (Cell.absent, ""), (.text(""), "\"\""), (.text("Assen"), "Assen"), (.text("a,b"), "\"a,b\""),
            (.text("zegt \"ja\""), "\"zegt \"\"ja\"\"\""), (.text("een\r\ntwee"), "\"een\r\ntwee\""),
            (.text(" rand "), "\" rand \""), (.text("=1+1"), "=1+1"), (.text("é€😀"), "é€😀"),
            (.number("1.50"), "1.50"), (.number("-1e+22"), "-1e+22"), (.boolean(true), "true"),
            (.boolean(false), "false"),
        ]
    )
    func cells(cell: Cell, expected: String) {
        var csv = CSVWriter()
        csv.write([.text("x"), cell])
        #expect(String(decoding: csv.take(), as: UTF8.self) == "x,\(expected)\r\n")
    }
}
