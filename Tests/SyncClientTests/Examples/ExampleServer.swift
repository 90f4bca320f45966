import AgendaModel
import LogClient
import SyncClient
import SyncTesting

/// A server on a socket of this machine, with an agenda, and a folder for replicas of it.
struct ExampleServer {
    private let folder: TestFolder

    init() async throws { folder = try TestFolder() }

    /// Runs a test with the agenda's address, what makes admins' invites, and what gives folders.
    func run(
        _ test: (_ url: String, _ invite: () throws -> String, _ folder: (String) -> String) async throws -> Void
    ) async throws {
        let source = try MemorySource()
        let store = try source.add("assen")
        let server = try await RunningServer(source)
        let result = await Result.running {
            try await test("http://127.0.0.1:\(server.port)/agendas/assen", { try store.invite() }, folder.file)
        }
        try await server.stop()
        try result.get()
    }
}
