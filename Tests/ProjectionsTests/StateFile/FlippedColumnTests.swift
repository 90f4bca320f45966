import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import SQLiteFiles
import Testing

@testable import Projections

@Suite("A state file of which a bit of a column is flipped")
struct FlippedColumnTests {
    private let folder: TestFolder
    /// What the file was folded from.
    private let log: TestLog
    /// The same log, with events about every subject, new subjects beside them, and new measurements behind it.
    private let grown: TestLog
    private let bytes: [UInt8]
    /// Those that are asked for.
    private let subjects: [String]
    private let seed = 20_261_130 as UInt64
    private var path: String { folder.file("flipped.sqlite") }

    init() throws {
        folder = try TestFolder()
        log = try Self.log()
        let before = try TimeTravel.state(of: log.store, at: log.size).subjects
        grown = try Self.log()
        try Self.grow(grown, about: before)
        subjects = before + before.prefix(6).map { $0 + "x" }
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

    private static func grow(_ log: TestLog, about subjects: [String]) throws {
        for subject in subjects {
            let kind = String(subject.prefix { $0 != "/" })
            // One conflict stays.
            let data = ["ambition": #"{"title":"Later"}"#, "measurement": #"{"value":7}"#][kind]
            log.record("\(kind).revised", subject, data ?? #"{"summary":"Later"}"#)
            log.record("\(kind).revised", "\(subject)x", #"{"summary":"Nieuw"}"#)
        }
        measure(in: log, from: 70)
        log.record("project.revised", "project/aaaaaa-1", #"{"title":"Beslist"}"#)
        try log.commit()
    }

    // MARK: - Asking

    /// Something that a state file is asked.
    private struct Question {
        var name: String
        var ask: (StateView) throws -> AnyHashable
    }

    private func questions() -> [Question] {
        var questions = [
            Question(name: "size") { AnyHashable($0.size) },
            Question(name: "digest") { AnyHashable(try $0.digest()) },
            Question(name: "kinds") { AnyHashable(try $0.kinds()) },
            Question(name: "match") { AnyHashable(try $0.subject(matching: "p")) },
            Question(name: "progress") { AnyHashable(try $0.progress()) },
            Question(name: "conflicts") { AnyHashable(try $0.conflicts()) },
            Question(name: "number of conflicts") { AnyHashable(try $0.conflictCount()) },
        ]
        let kinds: [String?] = ["ambition", "indicator", "measurement", "note", "project", "theme", nil]
        for kind in kinds {
            let name = kind ?? "all"
            questions += [
                Question(name: "documents of \(name)") { view in
                    let found = try view.documents(kind: kind, after: nil, limit: 999)
                    return AnyHashable(found.map { "\($0.subject) \(text($0.document) ?? "")" })
                },
                Question(name: "page of \(name)") { view in
                    let found = try view.documents(kind: kind, after: "\(kind ?? "note")/aaaaaa-3", limit: 2)
                    return AnyHashable(found.map(\.subject))
                },
                Question(name: "number of \(name)") { AnyHashable(try $0.count(kind: kind)) },
                Question(name: "conflicts of \(name)") { AnyHashable(try $0.conflictPage(kind: kind, limit: 99)) },
            ]
        }
        for subject in subjects {
            questions += [
                Question(name: "document of \(subject)") { AnyHashable(text(try $0.document(of: subject))) },
                Question(name: "registers of \(subject)") { AnyHashable(try $0.registers(of: subject)) },
            ]
        }
        for subject in ["project/p", "theme/t", "theme/u"] {
            let store = grown.store
            questions += [
                Question(name: "existence of \(subject)") { AnyHashable(try $0.exists(subject)) },
                Question(name: "weight of \(subject)") { AnyHashable(try WeightRow.atMost(subject, $0.db)) },
                Question(name: "history of \(subject)") { AnyHashable(try $0.history(of: subject, in: store)) },
                Question(name: "conflicts of \(subject)") { view in
                    AnyHashable(try view.conflictPage(subject: subject, limit: 99))
                },
            ]
        }
        return questions
    }

    /// The right answers.
    private func answers(_ log: TestLog) throws -> [AnyHashable] {
        let file = try folder.stateFile("sound-\(log.size).sqlite")
        defer { try? file.close() }
        try file.catchUp(with: log.store)
        return try file.read { view in try questions().map { try $0.ask(view) } }
    }

    private struct Outcome {
        /// The names of questions with another answer than the right one.
        var wrong: [String] = []
        /// How many had none, since the file is damaged.
        var damaged = 0
    }

    /// Asks a file as it is, each question by itself.
    private func ask(_ file: StateFile, expecting answers: [AnyHashable]) throws -> Outcome {
        var outcome = Outcome()
        for (question, answer) in zip(questions(), answers) {
            do {
                if try file.readAsIs(question.ask) != answer { outcome.wrong.append(question.name) }
            } catch let error as ProjectionError where error.code == .damaged {
                outcome.damaged += 1
            }
        }
        return outcome
    }

    /// Whether the file was opened as one that cannot be used: it was made anew, and holds nothing yet.
    private func isNew(_ file: StateFile) throws -> Bool {
        do {
            return try file.readAsIs { try $0.size == .zero && $0.count() == 0 }
        } catch let error as ProjectionError where error.code == .damaged {
            return false
        }
    }

    // MARK: - Flipping

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
            // What holds so much that it stands there would be read hundreds of times; WeightTests change its rows.
            if table.name == "weights" { continue }
            try #require(!cells.isEmpty, "\(table.name)")
            for index in Set([cells.count / 2, cells.count - 1]).sorted() {
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

    /// Columns that nobody reads: when a conflict began, the number of the one row of `meta`, and the size of a digest, which is
    /// computed when it is not found.
    private static let unread: Set = ["conflicts.since", "digests.size", "meta.only"]

    @Test("No answer is a wrong one, before the file is made anew and afterwards, whatever column it is of")
    func columns() throws {
        let (before, after) = (try answers(log), try answers(grown))
        var (noticed, noticedByValue): (Set<String>, Set<String>) = ([], [])
        for flip in try flips() {
            try write(flip)
            let file = try StateFile(at: path)
            if try isNew(file) {
                noticed.insert(flip.column)
            } else {
                let found = try ask(file, expecting: before)
                #expect(found.wrong.isEmpty, "\(flip): \(found.wrong)")
                if found.damaged > 0 {
                    noticed.insert(flip.column)
                    if flip.isOfValue { noticedByValue.insert(flip.column) }
                }
            }
            // As programs do.
            try file.catchUp(with: log.store)
            let mended = try file.read { view in try questions().map { try $0.ask(view) } }
            #expect(mended == before, "\(flip)")
            try file.close()

            try write(flip)
            let growing = try StateFile(at: path)
            try growing.catchUp(with: grown.store)
            let later = try ask(growing, expecting: after)
            #expect(later.wrong.isEmpty, "\(flip), with later events: \(later.wrong)")
            if later.damaged > 0 {
                let all = try growing.read { view in try questions().map { try $0.ask(view) } }
                #expect(all == after, "\(flip), with later events")
            }
            try growing.close()
        }
        var columns: Set<String> = []
        for table in try tables() where table.name != "weights" {
            columns.formUnion(table.columns.map { "\(table.name).\($0.name)" })
        }
        #expect(columns.subtracting(noticed).isSubset(of: Self.unread))
        // The canary: of the one column without a check, nobody notices.
        #expect(columns.contains("conflicts.since") && !noticedByValue.contains("conflicts.since"))
    }

    @Test("With its check put right along, another value of a column makes another answer: nothing else holds it")
    func canary() throws {
        let before = try answers(log)
        let changes: [(sql: String, wrong: String)] = [
            ("UPDATE subjects SET subject = 'project/q' WHERE subject = 'project/p'", "document of project/p"),
            ("UPDATE measured SET place = replace(place, 'homes', 'jomes')", "progress"),
            ("UPDATE measured SET totals = '9' || totals", "progress"),
            ("UPDATE mentions SET hashes = zeroblob(2)", "history of project/p"),
            ("UPDATE digests SET digest = zeroblob(32)", "digest"),
        ]
        for (sql, wrong) in changes {
            try write(nil)
            let queue = try DatabaseQueue(path: path)
            try queue.write { db in
                try db.execute(sql: sql)
                try putChecksRight(db)
            }
            try queue.close()
            let file = try StateFile(at: path)
            #expect(try ask(file, expecting: before).wrong.contains(wrong), "\(sql)")
            try file.close()
        }
        try write(nil)
        let file = try StateFile(at: path)
        let outcome = try ask(file, expecting: before)
        #expect(outcome.wrong.isEmpty && outcome.damaged == 0)
        try file.close()
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

    private func putChecksRight(_ db: Database) throws {
        func put(_ table: String, _ key: String, _ check: (Row) throws -> Int) throws {
            for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table)") {
                try db.execute(
                    sql: "UPDATE \(table) SET \"check\" = ? WHERE \(key) = ?",
                    arguments: [try check(row), row[key] as DatabaseValue]
                )
            }
        }
        func bytes(_ row: Row, _ column: String) -> [UInt8] { [UInt8](row[column] as Data) }
        try put("subjects", "subject") { RowCheck.value(Array(($0["subject"] as String).utf8), bytes($0, "registers")) }
        try put("measured", "place") { row in
            let names = try #require(ColumnText.texts(of: row["place"]))
            let place = Measurement.Place(indicator: names[0], ambition: names[1], project: names[2])
            return MeasuredRow.check(place, row["totals"])
        }
        try put("mentions", "segment") { Mentions.check($0["segment"], bytes($0, "hashes")) }
        try put("digests", "size") { StateView.check(bytes($0, "digest"), at: $0["size"]) }
    }

    // MARK: - What it costs

    @Test("A subject that is found is looked up once, and new ones between the same two rows are looked for together")
    func lookUps() throws {
        let looks: [(events: [(subject: String, type: String)], beside: Int)] = [
            ([("project/p", "project.revised"), ("theme/t", "theme.revised"), ("note/aaaaaa-9", "note.revised")], 0),
            ([("project/p", "project.revised"), ("project/p0", "project.started")], 2),
            ((1...9).map { ("project/p\($0)", "project.started") }, 2),
            ([("project/p9", "project.started"), ("theme/t9", "theme.opened")], 4),
        ]
        for (events, beside) in looks {
            try write(nil)
            let log = try Self.log()
            for (subject, type) in events { log.record(type, subject, #"{"title":"Later"}"#) }
            try log.commit()
            let file = try StateFile(at: path)
            var count = 0
            file.pool.writeWithoutTransaction { db in
                db.trace { event in
                    let sql = "\(event)"
                    if sql.contains("FROM subjects WHERE subject <") || sql.contains("FROM subjects WHERE subject >") {
                        count += 1
                    }
                }
            }
            try file.catchUp(with: log.store)
            file.pool.writeWithoutTransaction { $0.trace(options: []) }
            #expect(count == beside, "\(events)")
            try file.close()
        }
    }

    @Test("A subject that the fold holds has its row, or the file is made anew")
    func held() throws {
        try write(nil)
        let file = try StateFile(at: path)
        log.record("project.revised", "project/p", #"{"title":"Eerst"}"#)
        try log.commit()
        try file.catchUp(with: log.store)
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "UPDATE subjects SET subject = 'project/q' WHERE subject = 'project/p'") }
        try queue.close()
        log.record("project.revised", "project/p", #"{"title":"Daarna"}"#)
        try log.commit()
        try file.catchUp(with: log.store)
        let outcome = try ask(file, expecting: try answers(log))
        #expect(outcome.wrong.isEmpty && outcome.damaged == 0)
        try file.close()
    }
}
