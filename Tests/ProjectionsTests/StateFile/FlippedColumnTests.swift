import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import Testing

@testable import Projections

@Suite("A state file of which a bit of a column is flipped")
struct FlippedColumnTests {
    private let folder: TestFolder
    /// What the file was folded from.
    private let log: TestLog
    private let bytes: [UInt8]
    private let seed = 20_261_130 as UInt64
    private var path: String { folder.file("flipped.sqlite") }

    init() throws {
        folder = try TestFolder()
        log = try Self.log()
        let file = try folder.stateFile("whole.sqlite")
        try file.catchUp(with: log.store)
        _ = try file.digest()
        try file.close()
        bytes = Array(try Data(contentsOf: URL(filePath: folder.file("whole.sqlite"))))
    }

    /// Rows in every table, over two segments; the names in it are invented.
    private static func log() throws -> TestLog {
        let log = try TestLog()
        log.record("theme.opened", "theme/t", #"{"title":"Wonen"}"#)
        log.record("indicator.defined", "indicator/homes", #"{"name":"Woningen","aggregation":"sum"}"#)
        log.record("indicator.defined", "indicator/jobs", #"{"name":"Banen","aggregation":"latest"}"#)
        let targets = #"{"indicator/homes":{"quantity":90},"indicator/jobs":{"quantity":9}}"#
        for name in ["a", "b"] { log.record("ambition.proposed", "ambition/\(name)", "{\"targets\":\(targets)}") }
        log.record("project.started", "project/p", #"{"ambitions":{"ambition/a":true,"ambition/b":true}}"#)
        log.record("note.added", "note/aaaaaa-9", #"{"text":"Verzonnen"}"#)
        measure(in: log, from: 1)
        for subject in ["ambition/a", "project/p", "theme/t"] {
            for device in ["device/cccccc", "device/dddddd"] {
                let type = "\(subject.prefix { $0 != "/" }).revised"
                log.record(type, subject, "{\"summary\":\"Van \(device)\"}", by: device, basis: 6)
            }
        }
        try log.commit()
        try log.recordConflicts(rounds: 6, every: 2)
        for number in 1...240 {
            log.record("project.revised", "project/p", #"{"title":"Voorbeeld \#(number)"}"#)
            if number % 40 == 0 { try log.commit() }
        }
        return log
    }

    /// Something at each place of two indicators, an ambition or none, and a project or none.
    private static func measure(in log: TestLog, from first: Int) {
        let things = [
            #""ambition":"ambition/a""#, #""project":"project/p""#, #""ambition":"ambition/b","project":"project/p""#,
        ]
        var number = first
        for indicator in ["homes", "jobs"] {
            for thing in things {
                let data = #"{\#(thing),"indicator":"indicator/\#(indicator)","value":\#(number),"on":"2026-11-01"}"#
                log.record("measurement.recorded", "measurement/aaaaaa-\(number)", data)
                number += 1
            }
        }
    }

    /// Whether the file was opened as one that cannot be used: it was made anew, and holds nothing yet.
    private func isNew(_ file: StateFile) throws -> Bool {
        do {
            return try file.readAsIs { try $0.size == .zero && $0.count() == 0 }
        } catch let error as ProjectionError where error.code == .damaged {
            return false
        }
    }

    private struct Flip {
        /// With its table.
        var column: String
        /// Whether it is a bit of the value, and not of its type.
        var isOfValue: Bool
        var byte: Int
        var bit: Int
    }

    private struct Table {
        var name: String
        /// The number of its first page.
        var root: Int
        var columns: [(name: String, isKey: Bool)] = []
    }

    /// The tables and their columns, as the file says them itself.
    private func tables() throws -> [Table] {
        let queue = try DatabaseQueue(path: folder.file("whole.sqlite"))
        defer { try? queue.close() }
        return try queue.read { db in
            var tables: [Table] = []
            for row in try Row.fetchAll(db, sql: "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'") {
                var table = Table(name: row["name"], root: row["rootpage"])
                let columns = "SELECT name, pk FROM pragma_table_info(?)"
                for column in try Row.fetchAll(db, sql: columns, arguments: [table.name]) {
                    table.columns.append((name: column["name"] as String, isKey: (column["pk"] as Int) > 0))
                }
                tables.append(table)
            }
            return tables
        }
    }

    /// Every bit of a byte of a key, and some of all else, in some rows of every table.
    private func flips() throws -> [Flip] {
        var random = EventLogTesting.SplitMix64(seed: seed)
        var flips: [Flip] = []
        for table in try tables() {
            let cells = StoredCells(in: bytes).cells(from: table.root)
            try #require(!cells.isEmpty, "\(table.name)")
            for index in Set([0, cells.count / 2, cells.count - 1]).sorted() {
                let cell = cells[index]
                try #require(cell.columns.count == table.columns.count, "\(table.name)")
                for (number, column) in table.columns.enumerated() {
                    func flip(_ range: Range<Int>, _ bit: Int, isOfValue: Bool) {
                        guard let byte = range.randomElement(using: &random) else { return }
                        let name = "\(table.name).\(column.name)"
                        flips.append(Flip(column: name, isOfValue: isOfValue, byte: byte, bit: bit))
                    }
                    // What is the row's number has no other place.
                    let isNumber = column.isKey && cell.rowID != nil
                    let value = isNumber ? cell.rowID ?? 0..<0 : cell.columns[number]
                    for bit in 0..<8 where column.isKey || bit % 3 == 0 { flip(value, bit, isOfValue: true) }
                    for bit in [1, 2] { flip(cell.types[number], bit, isOfValue: false) }
                }
            }
        }
        return flips
    }

    private func write(_ flip: Flip?) throws {
        var flipped = bytes
        if let flip { flipped[flip.byte] ^= 1 << flip.bit }
        StateFile.remove(at: path)
        try Data(flipped).write(to: URL(filePath: path))
    }

    @Test("Of a file that does not say as it was written what it was folded from, nothing is remembered")
    func memory() throws {
        try write(nil)
        let end = StateFile.rememberedEnd(at: path, of: log.store.identity)
        #expect(end?.size == log.size && end?.lastEntry != nil)
        for flip in try flips() where flip.column.hasPrefix("meta.") && flip.column != "meta.only" {
            try write(flip)
            #expect(StateFile.rememberedEnd(at: path, of: log.store.identity) == nil, "\(flip)")
            let file = try StateFile(at: path)
            #expect(try file.end() == .nothing, "\(flip)")
            let isFolded = try file.isFolded(from: log.store)
            #expect(try !isFolded || isNew(file), "\(flip)")
            try file.close()
        }
    }
}
