import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import SQLiteFiles
import Testing

@testable import Projections

@Suite("The check of a state file")
struct StateFileCheckTests {
    private let folder: TestFolder
    private let log: TestLog
    private let seed = 20_261_124 as UInt64
    private var path: String { folder.file("state.sqlite") }

    /// A closed state file of a log with conflicts, over two segments; the names in it are invented.
    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        try log.recordConflicts(rounds: 70, every: 7)
        let state = try folder.stateFile()
        try state.catchUp(with: log.store)
        _ = try state.digest()
        try state.close()
    }

    /// Holds the file against the log, or against its first entries.
    @discardableResult
    private func check(
        upTo size: LogSize? = nil,
        changing change: (_ position: Position, [UInt8]) throws -> [UInt8] = { $1 }
    ) throws -> (standing: StateFileCheck.Standing, digest: Hash) {
        let check = try StateFileCheck(reading: path)
        var entries = EntryCheck()
        let block = try log.store.entries(Position(0)..<(size ?? log.size).next)
        try block.withUnsafeBufferPointer { bytes in
            try Lines.forEach(in: bytes) { line in
                try change(entries.edge.size.next, Array(bytes[line])).withUnsafeBufferPointer { bytes in
                    let entry = try entries.take(bytes)
                    try check.take(entry, entries.edge, of: log.store.identity)
                }
            }
        }
        return (check.standing, try check.finish())
    }

    private func change(_ sql: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { db in
            db.add(function: RowCheck.function)
            try db.execute(sql: sql)
            return db.changesCount
        }
    }

    /// All rows but those that mean nothing, in words.
    private func content() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { db in
            try ["meta", "subjects", "conflicts", "weights", "mentions", "digests"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0.map { "\($0.1)" })" }.sorted()
            }
        }
    }

    @Test("a file that was folded from the log is what the log says, also when it is behind")
    func sound() throws {
        let expected = TimeTravel.digest(of: try TimeTravel.state(of: log.store, at: log.size))
        #expect(try check() == (.at(log.size), expected))
        let size = log.size
        log.record("project.revised", "project/aaaaaa-1", #"{"title":"Later"}"#)
        try log.commit()
        #expect(try check().standing == .at(size))
        #expect(try #require(content().first).contains("\(size)"), "it was only read")
    }

    @Test("a file that is not there, or that nobody reads, is said to be so")
    func unused() throws {
        #expect(try change("PRAGMA user_version = 99") >= 0)
        #expect(try check().standing == .unused)
        try FileManager.default.removeItem(atPath: path)
        #expect(try check().standing == .missing)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a file that lacks an erasure of later is not compared, and one that should have it is a difference")
    func erased() throws {
        let size = log.size
        log.record("entry.redacted", "entry/4", #"{"redacted":true,"reason":"verzonnen"}"#)
        try log.commit()
        let left = { (position: Position, bytes: [UInt8]) -> [UInt8] in
            guard position == Position(4) else { return bytes }
            return try bytes.withUnsafeBufferPointer { try ErasedEntry.replacement(of: $0, redaction: size.next) }
        }
        #expect(try check(changing: left).standing == .behindErasure(size))
        let state = try folder.stateFile()
        try state.catchUp(with: log.store)
        try state.close()
        #expect(try check().standing == .at(log.size))
        #expect(throws: LogDifference.self) { try check(changing: left) }
    }

    @Test("a file of a longer log is a difference: the log has been cut back")
    func longer() throws {
        let difference = #expect(throws: LogDifference.self) { try check(upTo: LogSize(270)) }
        #expect(difference?.description.contains("stands at 280 entries, and the log has 270") == true)
    }

    @Test(
        "a change of any column is found",
        arguments: [
            "UPDATE meta SET size = size - 1", "UPDATE meta SET size = size + 1",
            "UPDATE meta SET origin = origin || 'x'",
            "UPDATE meta SET verifier = NULL", "UPDATE meta SET last_entry = zeroblob(32)",
            "UPDATE meta SET checkpoint_size = checkpoint_size - 1", "UPDATE meta SET checkpoint_size = 100000",
            "UPDATE meta SET checkpoint_root = zeroblob(32)", "UPDATE meta SET scrub = scrub + 1",
            "UPDATE meta SET \"check\" = \"check\" + 1", "DELETE FROM meta",
            "UPDATE subjects SET subject = subject || 'x' WHERE subject = 'project/bbbbbb-5'",
            "UPDATE subjects SET registers = CAST(replace(CAST(registers AS TEXT), 'Voorbeeld 3', 'Voorbeeld 4') AS BLOB) WHERE subject = 'project/bbbbbb-5'",
            "UPDATE subjects SET registers = CAST(registers || x'00' AS BLOB) WHERE subject = 'project/bbbbbb-5'",
            "UPDATE subjects SET \"check\" = \"check\" + 1 WHERE subject = 'project/bbbbbb-5'",
            "UPDATE subjects SET registers = zeroblob(length(registers)) WHERE subject = 'project/bbbbbb-5'",
            "DELETE FROM subjects WHERE subject = 'project/bbbbbb-5'",
            "INSERT INTO subjects SELECT 'project/z', registers, \"check\" FROM subjects LIMIT 1",
            "UPDATE conflicts SET since = since + 1", "UPDATE conflicts SET path = '/x'",
            "UPDATE conflicts SET subject = 'x'",
            "DELETE FROM conflicts", "INSERT INTO conflicts VALUES ('x', '/x', 1, 0)",
            "UPDATE mentions SET hashes = zeroblob(2) WHERE segment = 1", "DELETE FROM mentions WHERE segment = 0",
            "INSERT INTO mentions VALUES (2, x'0000', 0)", "UPDATE digests SET digest = zeroblob(32)",
        ]
    )
    func change(sql: String) throws {
        #expect(try change(sql) > 0)
        #expect(throws: LogDifference.self) { try check() }
    }

    @Test(
        "what the file says of its log is held against the log, also where its check was put right",
        arguments: [
            ["size": "size - 1"], ["size": "size + 1"], ["origin": "origin || 'x'"], ["verifier": "NULL"],
            ["last_entry": "zeroblob(32)"], ["checkpoint_size": "checkpoint_size - 1"], ["checkpoint_size": "100000"],
            ["checkpoint_root": "zeroblob(32)"],
        ]
    )
    func changeWithCheck(columns: [String: String]) throws {
        #expect(try change(MetaRow.update(columns)) == 1)
        let difference = #expect(throws: LogDifference.self) { try check() }
        #expect(difference?.description.contains("not as it was written") == false)
    }

    @Test("what subjects hold is held against the entries")
    func weights() throws {
        let text = String(repeating: "a", count: 50_000)
        for number in 1...8 {
            let data = #"{"partners":{"organisation/aaaaaa-\#(number)":"\#(text)"}}"#
            log.record("project.partner-joined", "project/aaaaaa-1", data)
        }
        try log.commit()
        let state = try folder.stateFile()
        try state.catchUp(with: log.store)
        try state.close()
        #expect(try check().standing == .at(log.size))
        let bytes = try Data(contentsOf: URL(filePath: path))
        for sql in [
            "UPDATE weights SET bytes = bytes + 1", "UPDATE weights SET \"check\" = \"check\" + 1",
            "UPDATE weights SET subject = 'project/z'", "DELETE FROM weights",
            "INSERT INTO weights VALUES ('project/z', 400000, 0)",
        ] {
            try bytes.write(to: URL(filePath: path))
            #expect(try change(sql) > 0)
            #expect(throws: LogDifference.self, "\(sql)") { try check() }
        }
    }

    @Test("tables that such a file does not have, or has otherwise, are found")
    func schema() throws {
        let bytes = try Data(contentsOf: URL(filePath: path))
        for sql in ["CREATE TABLE extra (a)", "DROP TABLE digests", "ALTER TABLE subjects ADD COLUMN extra TEXT"] {
            try bytes.write(to: URL(filePath: path))
            _ = try change(sql)
            #expect(throws: LogDifference.self, "\(sql)") { try check() }
        }
    }

    @Test("every byte that is flipped is found, or means nothing, or has the file made anew")
    func flips() throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        let content = try content()
        var random = EventLogTesting.SplitMix64(seed: seed)
        var found = 0
        for _ in 0..<200 {
            let offset = Int.random(in: 0..<bytes.count, using: &random)
            var flipped = bytes
            flipped[offset] ^= UInt8.random(in: 1...255, using: &random)
            try Data(flipped).write(to: URL(filePath: path))
            do {
                let standing = try check().standing
                #expect(try standing == .unused || self.content() == content, "seed \(seed), byte \(offset)")
            } catch is LogDifference {
                found += 1
            } catch is ProjectionError {
                found += 1
            }
        }
        // How many of them mean something goes with the file, which is another one with each seed.
        #expect(found > 20)
    }

    @Test("A file that is folded meanwhile is looked at as of one moment")
    func oneMoment() async throws {
        let other = try TestLog()
        for number in 1...400 {
            other.record("theme.opened", "theme/aaaaaa-\(number)", #"{"title":"Verzonnen"}"#, by: "device/aaaaaa")
        }
        try other.commit()
        let place = folder.file("folding.sqlite")
        let file = try StateFile(at: place)
        let log = other.store
        let folding = Task.detached {
            for _ in 0..<20 { try file.rebuild(from: log) }
            return true
        }
        let growing = Task.detached { try StateFile(at: place).catchUp(with: log, batch: 1) }
        var looks = 0
        while looks < 300 {
            looks += 1
            guard let rows = try? StateRows(reading: place) else { continue }
            let now = try rows.reading { try LogSize.fetchOne($0, sql: "SELECT size FROM meta") }
            #expect(now == rows.mark.size)
        }
        _ = try? await growing.value
        _ = try? await folding.value
        try file.close()
    }
}
