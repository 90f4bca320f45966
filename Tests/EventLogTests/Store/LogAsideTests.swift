import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Testing

@testable import EventLogSQLite

@Suite("A log that is put aside")
struct LogAsideTests {
    private let folder: TemporaryFolder
    private let data: DataFolder
    private let key = LogKey.generate(origin: "example.org/agendas/assen")
    private let destination = "postgresql://voorbeeld/assen"
    private var log: String { folder.path("data/agendas/assen/log.sqlite") }
    private var copy: String { folder.path("copy.sqlite") }

    init() throws {
        folder = try TemporaryFolder()
        data = DataFolder(at: folder.path("data"))
    }

    private func move(_ from: String, _ to: String) throws {
        try FileManager.default.moveItem(atPath: from, toPath: to)
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func destination(of path: String) throws -> String? {
        let store = try SQLiteLogStore(at: path)
        defer { try? store.close() }
        return try store.destination()
    }

    /// A log whose mark that it has left is in its journal alone, as after its process was killed.
    private func leave() throws {
        try? FileManager.default.removeItem(atPath: folder.path("data"))
        let store = try data.create("assen", key: key).store
        try store.tidy()
        try store.leave(for: destination)
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: log + suffix, toPath: copy + suffix) }
        try store.close()
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: log + suffix) }
        for suffix in ["", "-wal"] { try move(copy + suffix, log + suffix) }
    }

    @Test("without its journal the log does not say that it has left: the canary of the others")
    func canary() throws {
        try leave()
        try FileManager.default.removeItem(atPath: log + "-wal")
        #expect(try destination(of: log) == nil)
        try leave()
        #expect(try destination(of: log) == destination)
    }

    @Test("wherever it is cut off, no log stands there that says less, and the next run ends it", arguments: 0..<4)
    func cutOff(_ count: Int) throws {
        struct Cut: Error {}
        try leave()
        var left = count
        let cut = LogAside(log: log, word: "left") { path, other in
            guard left > 0 else { throw Cut() }
            left -= 1
            try move(path, other)
        }
        if count < 3 {
            #expect(throws: Cut.self) { try cut.putAll() }
        } else {
            #expect(try cut.putAll() == "\(log).left-1")
        }
        // It stands there with its journal, or not at all.
        #expect(exists(log) == (count == 0) && (!exists(log) || exists(log + "-wal")))
        let kept = try LogAside(log: log, word: "left").putAll()
        #expect(kept == (count < 3 ? "\(log).left-1" : nil))
        #expect(!exists(log) && !exists(log + "-wal") && !exists(log + ".replacing"))
        #expect(try destination(of: "\(log).left-1") == destination)
    }

    @Test(
        "a log that comes back takes the place of the one that had left, whose mark is kept, also where that was cut off"
    )
    func comingBack() throws {
        let steps = [("", ".replacing"), ("-wal", ".left-1-wal"), (".replacing", ".left-1")]
        for count in 0...steps.count {
            try leave()
            let place = data.place(of: "assen")
            // Opening it takes the journal in: the copy has it still.
            for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: log + suffix, toPath: copy + suffix) }
            let arriving = try #require(
                try place.arriving(LogIdentity(origin: key.origin, verifierKey: key.verifier)) as? SQLiteLogStore
            )
            try arriving.setReplicaFacts(["came": "back"])
            try arriving.close()
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: log + suffix) }
            for suffix in ["", "-wal"] { try move(copy + suffix, log + suffix) }
            for (name, other) in steps[..<count] { try move(log + name, log + other) }
            try place.open()
            #expect(try destination(of: log) == nil, "\(count)")
            let store = try SQLiteLogStore(at: log)
            #expect(try store.replicaFacts() == ["came": "back"], "\(count)")
            try store.close()
            #expect(try destination(of: "\(log).left-1") == destination, "\(count)")
        }
    }
}
