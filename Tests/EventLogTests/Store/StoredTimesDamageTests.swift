import AgendaModel
import EventLogTesting
import GRDB
import Testing

@testable import EventLog
@testable import EventLogSQLite

@Suite("A log's file in which what stands beside the entries was changed")
struct StoredTimesDamageTests {
    private let folder: TemporaryFolder
    private let original: StoredFile
    private let questions: [Question]
    private let seed = 20_261_130 as UInt64
    private var path: String { folder.path("anders.sqlite") }

    init() async throws {
        folder = try TemporaryFolder()
        let path = folder.path("log.sqlite")
        try await CheckedLogs.server(at: path, size: 600)
        original = try StoredFile(at: path)
        let store = try SQLiteLogStore(at: path)
        questions = try Question.all(store)
        try store.close()
    }

    /// Something that a log is asked, and the right answer.
    private struct Question {
        var name: String
        var answer: AnyHashable
        var ask: (SQLiteLogStore) throws -> AnyHashable

        /// All that there are, of a sound file with two sealed segments.
        static func all(_ store: SQLiteLogStore) throws -> [Question] {
            let head = try store.head()
            try #require(head.sealedSegments == 2)
            let positions = head.size.positions
            let times = try store.entries(positions).split(separator: Lines.newline).map { line in
                try #require(Array(line).withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) })
            }
            var asks: [(name: String, ask: (SQLiteLogStore) throws -> AnyHashable)] = [
                ("head", { AnyHashable(try $0.head()) }),
                ("entries", { AnyHashable(try $0.entries(positions)) }),
                ("segments", { AnyHashable(try $0.segments(0..<9)) }),
                ("roots", { AnyHashable(try $0.segmentRoots(0..<9)) }),
                ("lengths", { AnyHashable(try $0.segmentLengths(0..<9)) }),
                (
                    "tip",
                    { store in
                        let tip = try LogTip(of: store, verifier: CheckedLogs.key.verifier)
                        return AnyHashable([AnyHashable(tip.head), AnyHashable(tip.edge.root)])
                    }
                ),
            ]
            let names = try store.reading { try String.fetchAll($0, sql: "SELECT name FROM subjects") }
            let devices = try store.access().devices.keys.sorted()
            let derived = devices.flatMap { device in
                stride(from: 1, to: 600, by: 25).map { "project/\(device.id)-\($0)" }
            }
            for name in names + derived + names.map({ $0 + "x" }) {
                asks.append(("subject \(name)", { AnyHashable(try $0.position(ofSubject: name)) }))
            }
            for device in devices {
                let source = EventSource(device)
                asks.append(("last of \(source)", { AnyHashable(try $0.lastCounter(of: source)) }))
                for counter in [1, 2, 9, 40, 80, 120, 300].map({ Counter($0) }) {
                    asks.append(
                        ("run to \(counter) of \(source)", { AnyHashable(try $0.run(of: source, upTo: counter)) })
                    )
                    asks.append(
                        ("run after \(counter) of \(source)", { AnyHashable(try $0.run(of: source, after: counter)) })
                    )
                }
            }
            let sizes = try store.reading { try Int.fetchAll($0, sql: "SELECT size FROM checkpoints") }
            for size in Set(sizes.flatMap { [$0 - 1, $0, $0 + 1] }).sorted() {
                asks.append(("checkpoint \(size)", { AnyHashable(try $0.checkpoint(atMost: LogSize(size))?.note) }))
            }
            var questions = try asks.map { Question(name: $0.name, answer: try $0.ask(store), ask: $0.ask) }
            // What is right follows from the entries alone.
            for moment in moments(times) {
                let size = LogSize(times.filter { $0 <= moment }.count)
                questions.append(
                    Question(
                        name: "size at \(moment)",
                        answer: AnyHashable(size),
                        ask: { AnyHashable(try $0.size(at: moment)) }
                    )
                )
            }
            return questions
        }

        /// When entries were recorded, and just before: some of the segments, all of the tail.
        private static func moments(_ times: [Timestamp]) -> [Timestamp] {
            let sealed = [0, 20, 100, 255, 256, 300, 511].map { times[$0] }
            return Set(sealed + Array(times[512...])).sorted().flatMap { time in
                [Timestamp(millisecondsSince1970: time.millisecondsSince1970 - 1), time]
            }
        }
    }

    private struct Outcome {
        /// The questions with another answer than the right one.
        var wrong: [String] = []
        /// What was thrown instead of an answer.
        var errors: [LogError] = []
    }

    /// Asks the file at `path` everything.
    private func ask() throws -> Outcome {
        var outcome = Outcome()
        let store: SQLiteLogStore
        do {
            store = try SQLiteLogStore(at: path)
        } catch let error as LogError {
            // That no answer is given is right.
            outcome.errors.append(LogError(.corrupt, error.message))
            return outcome
        }
        defer { try? store.close() }
        for question in questions {
            do {
                if try question.ask(store) != question.answer { outcome.wrong.append(question.name) }
            } catch let error as LogError {
                outcome.errors.append(error)
            }
        }
        return outcome
    }

    private static let tables = ["commits", "segments", "checkpoints", "erasures"]

    /// Every column but the keys, in the first and last row: flipped bits, and a value of another type.
    private func changes() throws -> [(name: String, sql: String)] {
        let queue = try DatabaseQueue(path: folder.path("log.sqlite"))
        defer { try? queue.close() }
        var changes: [(name: String, sql: String)] = []
        for table in Self.tables {
            let columns = try queue.read { db in try StoredFile.columns(of: table, db) }
            let key = try #require(columns.first { $0.isKey }).name
            for column in columns where !column.isKey {
                for other in Self.others(column) {
                    for end in ["min", "max"] {
                        let row = "\(key) = (SELECT \(end)(\(key)) FROM \(table))"
                        let sql = "UPDATE \(table) SET \(column.name) = \(other) WHERE \(row)"
                        changes.append((name: "\(table).\(column.name)", sql: sql))
                    }
                }
            }
        }
        return changes
    }

    private static func others(_ column: StoredFile.Column) -> [String] {
        let name = column.name
        switch column.type {
        case "INTEGER":
            return [0, 13, 25, 40].map { bit in "(\(name) | \(1 << bit)) - (\(name) & \(1 << bit))" } + ["x'01'"]
        case "TEXT": return ["\(name) || 'x'", "x'FF00'"]
        default: return ["zeroblob(length(\(name)))", "'tekst'"]
        }
    }

    @Test("whatever column is changed, every answer is the right one, or says that the file is damaged")
    func columns() throws {
        var (changed, noticed) = (Set<String>(), Set<String>())
        for (name, sql) in try changes() {
            try StoredFile.write(original.bytes, to: path)
            try #require(try StoredFile.tamper(path, sql) == 1)
            changed.insert(name)
            let outcome = try ask()
            #expect(outcome.wrong.isEmpty, "\(sql): \(outcome.wrong)")
            #expect(outcome.errors.allSatisfy { $0.code == .corrupt }, "\(sql): \(outcome.errors)")
            if !outcome.errors.isEmpty { noticed.insert(name) }
        }
        // Of erasures, only their number is read.
        #expect(noticed == changed.filter { !$0.hasPrefix("erasures.") })
        for table in [CheckedTable.commits, .segments, .checkpoints] {
            var columns = Array(table.columns.dropFirst())
            columns.append(table.checkColumn)
            if let block = table.block { columns.append(block) }
            for column in columns { #expect(changed.contains("\(table.rawValue).\(column)")) }
        }
    }

    @Test("whatever bit of a row is flipped on the disk, keys included, no answer is a wrong one")
    func bits() throws {
        var random = SplitMix64(seed: seed)
        var noticed = 0
        // Those by which subjects and runs are looked up, too: a key that is flipped hides its row.
        let lookedUp = ["subjects", "creations", "runs", "sources", "sqlite_autoindex_sources_1", "kinds"]
        for table in Self.tables + lookedUp {
            // Of runs there are many.
            let cells = try cells(of: table)
            let step = table == "runs" ? max(cells.count / 9, 1) : 1
            for cell in stride(from: 0, to: cells.count, by: step).map({ cells[$0] }) {
                // First come the lengths and the key, then the columns.
                let length = table == "segments" ? 96 : 48
                let offsets = [0, 1, 2, 3, 4, 5] + (0..<14).map { _ in Int.random(in: 6..<length, using: &random) }
                // What follows on another page is of no row of the table.
                for offset in offsets where (cell + offset) / pageSize == cell / pageSize {
                    var bytes = original.bytes
                    let bit = Int.random(in: 0..<8, using: &random)
                    bytes[cell + offset] ^= 1 << bit
                    try StoredFile.write(bytes, to: path)
                    let outcome = try ask()
                    #expect(
                        outcome.wrong.isEmpty,
                        "seed \(seed), \(table), byte \(cell)+\(offset), bit \(bit): \(outcome.wrong)"
                    )
                    if !outcome.errors.isEmpty { noticed += 1 }
                }
            }
        }
        #expect(noticed > 100)
    }

    private var pageSize: Int { StoredCells(in: original.bytes).pageSize }

    /// Where the rows of a table, or the entries of an index, begin in the file.
    private func cells(of table: String) throws -> [Int] {
        let queue = try DatabaseQueue(path: folder.path("log.sqlite"))
        defer { try? queue.close() }
        let root = try queue.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [table])
        }
        return StoredCells(in: original.bytes).cells(from: try #require(root)).map(\.start)
    }

    /// Nothing else than the entries holds a row then.
    @Test("canary: with its check put right along, a row is believed where no entry is read, and nowhere else")
    func canary() throws {
        let second = "first = (SELECT first FROM commits ORDER BY first LIMIT 1 OFFSET 1)"
        let last = "size = (SELECT max(size) FROM checkpoints)"
        let changes: [(table: CheckedTable, column: String, row: String, wrong: [String])] = [
            (.checkpoints, "recorded", last, ["head"]), (.commits, "recorded", second, []),
            (.segments, "last_recorded", "number = 0", ["segments"]),
        ]
        for (table, column, row, wrong) in changes {
            for distance in [1 << 22, -1 << 22] {
                try StoredFile.write(original.bytes, to: path)
                let sql = "UPDATE \(table.rawValue) SET \(column) = \(column) + (\(distance)) WHERE \(row)"
                try changePuttingRight(table, sql)
                let outcome = try ask()
                #expect(outcome.wrong == wrong, "\(sql)")
                #expect(!outcome.errors.isEmpty, "\(sql)")
                #expect(outcome.errors.allSatisfy { $0.code == .corrupt }, "\(sql): \(outcome.errors)")
            }
        }
        try StoredFile.write(original.bytes, to: path)
        let outcome = try ask()
        #expect(outcome.wrong.isEmpty && outcome.errors.isEmpty)
    }

    private func changePuttingRight(_ table: CheckedTable, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path, configuration: SQLiteLogStore.configuration())
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            let triggers = try String.fetchAll(
                db,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?",
                arguments: [table.rawValue]
            )
            for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger)") }
            try db.execute(sql: sql)
            #expect(db.changesCount == 1)
            try db.execute(sql: "UPDATE \(table.rawValue) SET \(table.checkColumn) = \(table.check())")
        }
    }
}
