import SyncClient
import SyncTesting

/// A server, a folder and a clock.
struct TestAgenda {
    let server: FakeServer
    let folder: TestFolder
    let clock = TestClock()

    init() throws {
        server = try FakeServer()
        folder = try TestFolder()
        _ = server.record("agenda.founded", { _ in "agenda/assen" }, #"{"title":"Asser Ambitie Agenda"}"#)
    }

    func clone(_ name: String, role: String = "admin") async throws -> Replica {
        try await Replica.clone(
            url: FakeServer.url,
            into: folder.file(name),
            invite: "invite-\(role)",
            memberName: name,
            deviceName: name,
            transport: server,
            environment: clock.environment
        ).replica
    }

    /// Fills the server's log without a client.
    func fill(_ count: Int) {
        for index in 0..<count {
            _ = server.record(
                "organisation.registered",
                { "organisation/server-\($0)" },
                #"{"name":"Organisatie \#(index)","sort":"other"}"#
            )
        }
    }

    func sync(_ replica: Replica, _ options: SyncOptions = SyncOptions()) async throws -> SyncSummary {
        try await replica.sync(over: server, options: options).finish()
    }
}

extension SyncOptions {
    /// Signs what is in the log, however little that is: for tests that count signatures.
    static var signing: SyncOptions {
        var options = SyncOptions()
        options.signsAll = true
        return options
    }
}

/// The error that a sync stops with.
func failure(of body: () async throws -> some Any) async -> ReplicaError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? ReplicaError
    }
}
