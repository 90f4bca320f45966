import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import SQLiteFiles
import Testing

@testable import Projections

@Suite("What a state file says of its log")
struct MetaRowTests {
    private let folder: TestFolder
    private let log: TestLog
    /// Of a whole file that is closed.
    private let bytes: [UInt8]
    private let expected: Contents
    private var path: String { folder.file("flipped.sqlite") }

    init() throws {
        folder = try TestFolder()
        log = try TestLog()
        try log.recordConflicts(rounds: 4, every: 2)
        let whole = folder.file("whole.sqlite")
        let file = try StateFile(at: whole)
        try file.catchUp(with: log.store)
        expected = try Contents(of: file, log: log)
        try file.close()
        bytes = Array(try Data(contentsOf: URL(filePath: whole)))
    }

    private func put(_ bytes: [UInt8]) throws {
        StateFile.remove(at: path)
        try Data(bytes).write(to: URL(filePath: path))
    }

    /// Runs a statement that no check of the table's own keeps from anything.
    private func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { db in
            db.add(function: RowCheck.function)
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: sql)
        }
    }

    private var remembered: RememberedEnd? { StateFile.rememberedEnd(at: path, of: log.store.identity) }

    /// How the log, in which nothing is missing, stands for a server with this file, and with a `log.seen` or without.
    private func standing(hasMark: Bool = true) throws -> LogStanding {
        let end = try #require(try log.store.head().checkpoint).checkpoint
        let mark = hasMark ? SeenMark(size: end.size, root: end.root) : nil
        return try LogStanding(of: log.store, noted: SeenInMemory(mark), remembered: remembered)
    }

    /// Where the row stands in the file, with what SQLite has in front of its columns.
    ///
    /// Source: https://www.sqlite.org/fileformat2.html, "Record Format".
    private func place() throws -> Range<Int> {
        let identity = log.store.identity
        let origin = Array(identity.origin.utf8)
        let start = try #require(bytes.firstRange(of: origin)).lowerBound
        let columns = origin.count + identity.verifierKey.description.utf8.count + 32 + 1 + 32 + 4
        return start - 16..<start + columns
    }

    @Test("A flipped bit, whichever it is, says nothing to the guard, or what is so")
    func flips() throws {
        try put(bytes)
        let whole = try #require(remembered)
        #expect(whole.size == log.size)
        let place = try place()
        var unheld = 0
        for bit in place.lowerBound * 8..<place.upperBound * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << (bit % 8)
            try put(flipped)
            let found = remembered
            #expect(found == nil || found == whole, "bit \(bit)")
            if found == nil { unheld += 1 }
        }
        #expect(unheld > place.count * 8 * 9 / 10)
    }

    @Test(
        "With a column that is not as it was written the file is made anew, when it is opened and in use",
        arguments: [
            "only = 4", "size = size | 4096", "size = 0", "size = -1 - size", "origin = replace(origin, 'a', 'b')",
            "verifier = replace(verifier, 'A', 'B')", "verifier = NULL", "last_entry = zeroblob(32)",
            "checkpoint_size = checkpoint_size | 4096", "checkpoint_root = zeroblob(32)", "checkpoint_root = NULL",
            "scrub = 2", "scrub = 4", "\"check\" = \"check\" + 1",
        ]
    )
    func anew(change: String) throws {
        try put(bytes)
        let whole = try #require(remembered)
        try execute("UPDATE meta SET \(change)")
        #expect(remembered == nil)
        #expect(try standing() == .complete && standing(hasMark: false) == .unproven)
        let file = try StateFile(at: path)
        try file.catchUp(with: log.store)
        #expect(try Contents(of: file, log: log) == expected)
        try execute("UPDATE meta SET \(change)")
        #expect(try Contents(of: file, log: log) == expected)
        try execute("UPDATE meta SET \(change)")
        try file.catchUp(with: log.store)
        #expect(remembered == whole)
        try file.close()
    }

    @Test("Canary: with its check put right along, another size is believed, and the log is behind")
    func canary() throws {
        for isChecked in [false, true] {
            try put(bytes)
            try execute(isChecked ? MetaRow.update(["size": "size | 4096"]) : "UPDATE meta SET size = size | 4096")
            let expected: LogStanding = isChecked ? .behind(log.size + 4096) : .complete
            #expect(try standing() == expected)
        }
    }

    @Test("What is erased from the file is noted in it with its check, and so is that it was cleared away")
    func scrubbing() throws {
        try log.redact([3])
        try put(bytes)
        let file = try StateFile(at: path)
        try file.catchUp(with: log.store, scrubs: false)
        #expect(remembered?.size == log.size)
        try file.catchUp(with: log.store)
        #expect(!file.isScrubDue)
        #expect(remembered?.size == log.size)
        try file.rebuild(from: log.store)
        #expect(remembered?.size == log.size)
        try file.close()
    }
}
