import AgendaModel
import EventLogSQLite
import Files
import Foundation
import GRDB
import SyncTesting
import Testing

@testable import SyncClient

@Suite("An answer to a clone that lies in a folder again")
struct StaleEnrolmentTests {
    private let agenda: TestAgenda
    private let folder: String
    private let settings: ReplicaSettings
    private let files = FileManager.default

    /// A laptop with one event that nobody else has.
    init() async throws {
        agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        try replica.record(type: "theme.opened", data: #"{"title":"Nergens anders"}"#)
        (folder, settings) = (replica.folder, try replica.settings)
        replica.close()
        try settle()
    }

    private func file(_ name: String) -> String { "\(folder)/\(name)" }

    /// The answer of the clone, as a power cut or a copy brings it back.
    private func bringBack(device: DeviceID? = nil) throws {
        let text = """
            {"url":"\(FakeServer.url)","answer":{"device":"\(device ?? settings.device)","token":"token-9",\
            "member":"\(settings.member)","role":"admin","origin":"\(settings.origin)",\
            "verifierKey":"\(settings.verifierKey)"}}
            """
        try SecretFile.write(text, at: file("enrolment.json"), replacing: true)
    }

    /// What is in the log's file, but for the numbers by which SQLite knows that it was opened for writing.
    private func content() throws -> Data {
        var data = try Data(contentsOf: URL(fileURLWithPath: file("log.sqlite")))
        for range in [24..<28, 92..<100] { data.replaceSubrange(range, with: Data(count: range.count)) }
        return data
    }

    private func expectKept(_ code: ReplicaError.Code) throws {
        let before = try content()
        let error = #expect(throws: ReplicaError.self) { try Replica(opening: folder) }
        #expect(error?.code == code, "\(error?.description ?? "")")
        #expect(try content() == before)
        #expect(files.fileExists(atPath: file("enrolment.json")))
    }

    private func expectWhole() throws {
        let replica = try Replica(opening: folder)
        defer { replica.close() }
        #expect(try replica.pending().map(\.id) == [1])
        #expect(try replica.settings == settings)
        #expect(!files.fileExists(atPath: file("enrolment.json")))
        #expect(try String(contentsOfFile: file("token"), encoding: .utf8) != "token-9\n")
    }

    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: file("log.sqlite"))
        try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
        try queue.close()
    }

    /// Has all of the log in its file, and nothing beside it.
    private func settle() throws {
        try change("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in ["-wal", "-shm"] { try FileEntry(file("log.sqlite\(suffix)")).remove() }
    }

    @Test("A log that a newer version has written is kept")
    func newerVersion() throws {
        try bringBack()
        let queue = try DatabaseQueue(path: file("log.sqlite"))
        let version = try #require(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") })
        try queue.close()
        try change("PRAGMA user_version = 999")
        try settle()
        try expectKept(.newerVersion)
        try change("PRAGMA user_version = \(version)")
        try expectWhole()
    }

    @Test("A log that cannot be opened at the moment is kept")
    func closed() throws {
        try bringBack()
        try files.createDirectory(atPath: file("log.sqlite-wal"), withIntermediateDirectories: false)
        try expectKept(.readOnly)
        try files.removeItem(atPath: file("log.sqlite-wal"))
        try expectWhole()
    }

    @Test("A log that says nothing of a clone, and holds what was recorded, is kept")
    func withoutFacts() throws {
        try bringBack()
        let store = try SQLiteLogStore(at: file("log.sqlite"))
        try store.setReplicaFacts(["device": nil])
        try store.close()
        try settle()
        try expectKept(.corrupt)
    }

    @Test("A journal whose log is gone is kept")
    func orphanedJournal() throws {
        try bringBack()
        try files.removeItem(atPath: file("log.sqlite"))
        let journal = Data("Wat er nog van over is.".utf8)
        try journal.write(to: URL(fileURLWithPath: file("log.sqlite-wal")))
        let error = #expect(throws: ReplicaError.self) { try Replica(opening: folder) }
        #expect(error?.code == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: file("log.sqlite-wal"))) == journal)
    }

    @Test("A laptop that has become another device since stays what it is")
    func anotherDevice() throws {
        try bringBack(device: "device/vroeger")
        try expectWhole()
    }

    @Test("A log that was being made is made anew, wherever that was cut off", arguments: ["", "half", "no settings"])
    func unfinished(_ left: String) throws {
        let place = agenda.folder.file("halfweg")
        try files.createDirectory(atPath: place, withIntermediateDirectories: false)
        try files.copyItem(atPath: file("device.key"), toPath: "\(place)/device.key")
        try bringBack()
        try files.moveItem(atPath: file("enrolment.json"), toPath: "\(place)/enrolment.json")
        if left == "no settings" {
            let store = try SQLiteLogStore(at: file("log.sqlite"))
            try SQLiteLogStore.create(at: "\(place)/log.sqlite", identity: store.identity).close()
            try store.close()
        } else {
            try Data(left.utf8).write(to: URL(fileURLWithPath: "\(place)/log.sqlite"))
        }
        let replica = try Replica(opening: place)
        #expect(try replica.settings == settings)
        #expect(!files.fileExists(atPath: "\(place)/enrolment.json"))
        replica.close()
    }
}
