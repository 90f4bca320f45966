import AgendaModel
import EventLog
import EventLogSQLite
import EventLogTesting
import Foundation
import Testing

@Suite("Putting a backup back, or a key")
struct RestoreTests {
    private let folder: TemporaryFolder
    private let files = FileManager.default

    init() throws { folder = try TemporaryFolder() }

    /// A server's data, with a log of so many entries.
    private func make(
        _ name: String,
        _ origin: String = "example.org/agendas/assen",
        entries: Int = 3
    ) async throws -> DataFolder {
        let data = DataFolder(at: folder.path(name))
        let agenda = try data.create("assen", key: .generate(origin: origin))
        let writer = try Sequencer(
            store: agenda.store,
            key: agenda.key,
            environment: .system,
            seen: agenda.seen
        )
        for number in 0..<entries {
            _ = try await writer.record(
                type: number == 0 ? "agenda.founded" : "agenda.revised",
                subject: "agenda/assen",
                data: #"{"title":"Verzonnen \#(number)"}"#
            )
        }
        await writer.shutDown()
        try agenda.store.close()
        return data
    }

    private func file(_ name: String, of data: DataFolder) -> String { "\(data.folder(of: "assen"))/\(name)" }

    private func backUp(_ data: DataFolder) throws -> String {
        let path = folder.path("backup.sqlite")
        let store = try data.open("assen").store
        _ = try store.backUp(to: path)
        try store.close()
        return path
    }

    private func size(of data: DataFolder) throws -> LogSize {
        let store = try data.open("assen").store
        defer { try? store.close() }
        return try store.head().size
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// All but what SQLite uses as memory.
    private func contents(of data: DataFolder) throws -> [String: Data] {
        let place = data.folder(of: "assen")
        let names = try files.contentsOfDirectory(atPath: place).filter { !$0.hasSuffix("-shm") }
        return try names.reduce(into: [:]) { $0[$1] = try bytes("\(place)/\($1)") }
    }

    private func expectRefused(_ code: LogError.Code, _ body: () throws -> DataFolder.Restored) {
        let error = #expect(throws: LogError.self, performing: body)
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    @Test(
        "Another log takes the place of nothing, by its name or by its key, whatever is left of the one that is there",
        arguments: [[], ["log.sqlite"], ["log.key"], ["log.sqlite", "log.key"]] as [[String]],
        ["example.org/agendas/assen", "test.example/agendas/assen"]
    )
    func otherLog(_ missing: [String], origin: String) async throws {
        let data = try await make("data")
        let other = try await make("other", origin, entries: 5)
        let backup = try backUp(other)
        for name in missing { try files.removeItem(atPath: file(name, of: data)) }
        let before = try contents(of: data)
        let key = file("log.key", of: other)
        expectRefused(.badSignature) { try data.restore("assen", from: backup, key: key) }
        #expect(try contents(of: data) == before)
    }

    @Test(
        "The log's own backup is put back, whatever is left",
        arguments: [[], ["log.sqlite"], ["log.key"], ["log.sqlite", "log.key"], ["log.key", "log.seen"]] as [[String]]
    )
    func sameLog(_ missing: [String]) async throws {
        let data = try await make("data")
        let backup = try backUp(data)
        let key = folder.path("copy.key")
        try files.copyItem(atPath: file("log.key", of: data), toPath: key)
        for name in missing { try files.removeItem(atPath: file(name, of: data)) }
        let restored = try data.restore("assen", from: backup, key: key)
        #expect(restored.replacedKey == nil)
        #expect(try size(of: data) == LogSize(3))
    }

    @Test("A key that is another one, or none, is put aside when the log's own takes its place")
    func wrongKey() async throws {
        let data = try await make("data")
        let place = file("log.key", of: data)
        let copy = folder.path("copy.key")
        try files.copyItem(atPath: place, toPath: copy)
        let other = try await make("other")
        let wrong = [try bytes(file("log.key", of: other)), Data("geen sleutel".utf8)]
        for (number, wrong) in wrong.enumerated() {
            try wrong.write(to: URL(fileURLWithPath: place))
            let kept = try data.restore("assen", from: nil, key: copy).replacedKey
            #expect(kept == "\(place).replaced-\(number + 1)")
            #expect(try bytes("\(place).replaced-\(number + 1)") == wrong)
            #expect(try bytes(place) == bytes(copy))
        }
        // The same one is in its place already, and stays.
        #expect(try data.restore("assen", from: nil, key: copy).replacedKey == nil)
        #expect(try data.restore("assen", from: nil, key: place).replacedKey == nil)
        #expect(try size(of: data) == LogSize(3))
    }

    @Test("What a restore that was cut off has left is not cleared away where it is what is to be put back")
    func ownLeftover() async throws {
        let data = try await make("data")
        let left = file("log.sqlite.restoring", of: data)
        let backup = try backUp(data)
        try files.copyItem(atPath: backup, toPath: left)
        let (link, hard) = (folder.path("link"), folder.path("hard"))
        try files.createSymbolicLink(atPath: link, withDestinationPath: left)
        try files.linkItem(atPath: left, toPath: hard)
        for path in [left, link, hard] {
            expectRefused(.inputOutput) { try data.restore("assen", from: path, key: nil) }
            #expect(try bytes(left) == bytes(backup), "\(path)")
        }
        // A copy of it is no part of what is cleared.
        #expect(try data.restore("assen", from: backup, key: nil).size == LogSize(3))
        #expect(!files.fileExists(atPath: left))
    }

    @Test("A journal whose log is gone is kept, and becomes no part of the log that comes in its place")
    func orphanedJournal() async throws {
        let data = try await make("data")
        let backup = try backUp(data)
        let (log, journal) = (file("log.sqlite", of: data), Data("Wat er nog van over is.".utf8))
        for number in 1...2 {
            try files.removeItem(atPath: log)
            try journal.write(to: URL(fileURLWithPath: "\(log)-wal"))
            let kept = try data.restore("assen", from: backup, key: nil).replaced
            #expect(kept == "\(log).replaced-\(number)-wal")
            #expect(try bytes("\(log).replaced-\(number)-wal") == journal)
            #expect(!files.fileExists(atPath: "\(log)-wal"))
            #expect(try size(of: data) == LogSize(3))
        }
        // One that is empty holds nothing.
        try files.removeItem(atPath: log)
        try Data().write(to: URL(fileURLWithPath: "\(log)-wal"))
        #expect(try data.restore("assen", from: backup, key: nil).replaced == nil)
    }
}
