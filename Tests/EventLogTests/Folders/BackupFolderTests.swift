import AgendaModel
import EventLog
import EventLogSQLite
import EventLogTesting
import Foundation
import Testing

@Suite("A folder of backups")
struct BackupFolderTests {
    private let folder: TemporaryFolder
    private let backups: BackupFolder
    private let retention: BackupRetention
    private let start = Timestamp(millisecondsSince1970: 1_800_000_000_000)

    init() throws {
        folder = try TemporaryFolder()
        backups = BackupFolder(at: folder.path("backups"))
        retention = try #require(BackupRetention("1h"))
    }

    /// An agenda with one entry.
    private func create(_ name: String) async throws -> DataFolder.Agenda {
        let key = LogKey.generate(origin: "example.org/agendas/assen")
        let agenda = try DataFolder(at: folder.path(name)).create("assen", key: key)
        try await record(1, in: agenda)
        return agenda
    }

    private func record(_ count: Int, in agenda: DataFolder.Agenda) async throws {
        let writer = try Sequencer(store: agenda.store, key: agenda.key, environment: .system, seen: agenda.seen)
        for number in 0..<count {
            _ = try await writer.record(
                type: writer.head.size == .zero ? "agenda.founded" : "agenda.revised",
                subject: "agenda/assen",
                data: #"{"title":"Verzonnen \#(number)"}"#
            )
        }
        await writer.shutDown()
    }

    /// So many seconds after the start.
    private func backUp(_ agenda: DataFolder.Agenda, at seconds: Int) async throws -> BackupFolder.Backup {
        var environment = RuntimeEnvironment.system
        let time = Timestamp(millisecondsSince1970: start.millisecondsSince1970 + seconds * 1000)
        environment.now = { time }
        return try await backups.backUp(agenda.store, of: "assen", key: agenda.key, environment: environment).0
    }

    /// As after one that was made so many seconds after the start.
    private func thin(_ agenda: DataFolder.Agenda, at size: Int, made seconds: Int = 60) throws -> Bool {
        let made = Timestamp(millisecondsSince1970: start.millisecondsSince1970 + seconds * 1000)
        return try backups.thin("assen", of: agenda.store.identity, at: LogSize(size), made: made, keeping: retention)
    }

    private var paths: Set<String> { get throws { Set(try backups.backups(of: "assen").map(\.path)) } }

    @Test("What has more entries than the log has now is not taken away")
    func longer() async throws {
        let agenda = try await create("data")
        let short = try await backUp(agenda, at: 0)
        try await record(4, in: agenda)
        let long = try await backUp(agenda, at: 1)
        let last = try await backUp(agenda, at: 2)
        #expect(try backups.newestSize(of: "assen", agenda.store.identity, at: last.time) == LogSize(5))
        #expect(try !thin(agenda, at: 4))
        #expect(try paths == [long.path, last.path] && !paths.contains(short.path))
        #expect(try !thin(agenda, at: 5))
        #expect(try paths == [last.path])
        try agenda.store.close()
    }

    @Test("Where a clock was ahead, each new one stays all the same, and it is the last one")
    func clockAhead() async throws {
        let agenda = try await create("data")
        let ahead = try await backUp(agenda, at: 2 * 86_400)
        try await record(1, in: agenda)
        for seconds in [0, 7200] {
            let made = try await backUp(agenda, at: seconds)
            #expect(try !thin(agenda, at: 2, made: seconds))
            #expect(try paths == [ahead.path, made.path])
            #expect(try backups.newestSize(of: "assen", agenda.store.identity, at: made.time) == LogSize(2))
        }
        try agenda.store.close()
    }

    @Test("Those of another log of the same name are neither counted nor taken away")
    func otherLog() async throws {
        let (one, two) = (try await create("one"), try await create("two"))
        let theirs = try await backUp(one, at: 0)
        #expect(try backups.lastTime(of: "assen", two.store.identity, at: theirs.time) == nil)
        _ = try await backUp(two, at: 1)
        let own = try await backUp(two, at: 2)
        #expect(try thin(two, at: 1))
        #expect(try paths == [theirs.path, own.path])
        #expect(try backups.lastTime(of: "assen", one.store.identity, at: own.time) == theirs.time)
        for agenda in [one, two] { try agenda.store.close() }
    }

    @Test("One that does not say in its name of which log it is says so itself")
    func unnamed() async throws {
        let (one, two) = (try await create("one"), try await create("two"))
        let names = [("2020-01-01T00-00-00Z.sqlite", one), ("2020-01-01T01-00-00Z.sqlite", two)]
        let own = try await backUp(one, at: 0)
        for (name, agenda) in names { _ = try agenda.store.backUp(to: "\(backups.path)/assen/\(name)") }
        #expect(try thin(one, at: 1))
        #expect(try paths == [own.path, "\(backups.path)/assen/\(names[1].0)"])
        for agenda in [one, two] { try agenda.store.close() }
    }
}
