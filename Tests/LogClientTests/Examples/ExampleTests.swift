import AgendaModel
import LogClient
import SyncTesting
import Testing

/// What other programs do with a log on a server, as the documentation of `LogClient` shows it.
@Suite("The examples of the documentation of LogClient", .timeLimit(.minutes(10)))
struct ExampleTests {
    @Test("A server is asked")
    func asking() async throws {
        let source = try MemorySource()
        try source.add("assen")
        let server = try await RunningServer(source)
        let result = await Result.running { try await ask("http://127.0.0.1:\(server.port)/agendas/assen") }
        try await server.stop()
        let answer = try result.get()
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "ready\n")
    }

    private func ask(_ url: String) async throws -> (status: Int, body: [UInt8]) {
        let transport = try HTTPTransport(url: url)
        let answer = try await transport.send(TransportRequest(path: "/ready"))
        var body: [UInt8] = []
        while let piece = try await answer.next() { body += piece }
        print(answer.status, String(decoding: body, as: UTF8.self))
        await transport.shutDown()
        return (answer.status, body)
    }
}
