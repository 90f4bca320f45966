package import AgendaModel
internal import EventLog
package import EventLogSQLite
internal import Foundation
internal import Logging
package import SyncServer
internal import Testing

/// A server whose data is in a folder, served over HTTP for as long as a test's body runs, any number of times.
package struct DiskServer {
    package static let agenda: AgendaName = "assen"

    package let folder: TestFolder
    package var data: String { folder.file("data") }
    package var log: String { "\(data)/agendas/\(Self.agenda)/log.sqlite" }
    package var state: String { "\(data)/agendas/\(Self.agenda)/state.sqlite" }

    /// Makes the data with one founded agenda.
    package init() async throws {
        folder = try TestFolder()
        let agenda = try DataFolder(at: folder.file("data")).create(
            Self.agenda,
            key: .generate(origin: "test.example/agendas/\(Self.agenda)")
        )
        let sequencer = try Sequencer(
            store: agenda.store,
            key: agenda.key,
            environment: .system,
            seen: agenda.seen
        )
        _ = try await sequencer.record(
            type: "agenda.founded",
            subject: "agenda/\(Self.agenda)",
            data: #"{"title":"Asser Ambitie Agenda"}"#
        )
        await sequencer.shutDown()
        try agenda.store.close()
    }

    /// Serves while the body runs, which is given the agenda's address.
    package func serve<Value: Sendable>(
        _ options: ServerOptions = ServerOptions(),
        source: (any AgendaSource)? = nil,
        _ body: @Sendable (_ url: String) async throws -> Value
    ) async throws -> Value {
        var options = options
        options.port = 0
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let source = source ?? DiskSource(folder: DataFolder(at: data))
        let server = try AmbitServer(source: source, options: options, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try #require(await server.port)
            let result: Result<Value, any Error>
            do {
                result = .success(try await body("http://127.0.0.1:\(port)/agendas/\(Self.agenda)"))
            } catch {
                result = .failure(error)
            }
            group.cancelAll()
            try? await group.waitForAll()
            return try result.get()
        }
    }

    package func invite(_ role: Role) throws -> String {
        let store = try openStore()
        let code = UUID().uuidString
        try store.add(
            Invite(
                hash: InviteCode.hash(code),
                role: role,
                member: nil,
                expires: Timestamp(millisecondsSince1970: 253_402_300_799_000)
            )
        )
        try store.close()
        return code
    }

    package func openStore() throws -> SQLiteLogStore { try DataFolder(at: data).open(Self.agenda).store }

    /// Puts a backup in the place of the log, as an operator does while the server is stopped.
    package func putBack(_ backup: String) throws {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: log + suffix) }
        try FileManager.default.copyItem(atPath: backup, toPath: log)
    }
}

/// The agendas of a data folder.
package struct DiskSource: AgendaSource {
    package let folder: DataFolder

    package init(folder: DataFolder) { self.folder = folder }

    package func names() throws -> [AgendaName] { try folder.list() }

    package func open(_ name: AgendaName) throws -> OpenedAgenda? {
        guard try folder.list().contains(name) else { return nil }
        let agenda = try folder.open(name)
        return OpenedAgenda(
            store: agenda.store,
            key: agenda.key,
            seen: agenda.seen,
            statePath: agenda.statePath
        ) {
            try agenda.store.close()
        }
    }
}
