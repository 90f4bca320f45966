import AgendaModel
import EventLog
import Foundation
import LogClient
import Logging
import ServiceLifecycle
import SyncServer
import SyncTesting
import Testing

@Suite("The way to a witness", .timeLimit(.minutes(10)))
struct WitnessTransportTests {
    private func submit(to url: String, trusting certificates: String? = nil) async throws -> (
        status: Int, body: [UInt8]
    ) {
        var environment = RuntimeEnvironment.system
        environment.variables["SSL_CERT_FILE"] = certificates
        let transport = try WitnessTransport(to: LogAddress(url), environment: environment)
        let result = await Result.running { try await transport.submit(Array("old 0\n".utf8)) }
        await transport.shutDown()
        return try result.get()
    }

    @Test("A redirect is not followed: what is submitted goes to the address that was given, and nowhere else")
    func redirect() async throws {
        let other = try CannedServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        defer { other.stop() }
        for status in [301, 302, 307, 308] {
            let witness = try CannedServer(
                "HTTP/1.1 \(status) Moved\r\nLocation: http://127.0.0.1:\(other.port)/\r\nContent-Length: 0\r\n\r\n"
            )
            defer { witness.stop() }
            let answer = try await submit(to: "http://127.0.0.1:\(witness.port)/")
            #expect(answer.status == status && answer.body.isEmpty)
        }
        #expect(other.connections == 0)
    }

    @Test("An answer that is too long is not read to its end")
    func tooLong() async throws {
        let witness = try CannedServer(
            "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n",
            drip: "xxxxxxxxxxxxxxxxxxxxxxxx\n"
        )
        defer { witness.stop() }
        let error = await #expect(throws: LogClientError.self) { try await submit(to: witness.url()) }
        #expect(error?.code == .foreign || error?.code == .timeout)
    }

    @Test("The certificates of the file that is given are trusted, and no others")
    func certificates() async throws {
        let folder = try TestFolder()
        let (certificate, key) = (folder.file("certificate.pem"), folder.file("key.pem"))
        try TestCertificate.certificate.write(toFile: certificate, atomically: true, encoding: .utf8)
        try TestCertificate.key.write(toFile: key, atomically: true, encoding: .utf8)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var options = ServerOptions()
        options.port = 0
        options.tls = .init(certificate: certificate, key: key)
        let server = try AmbitServer(source: MemorySource(), options: options, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await server.port)
            let url = "https://localhost:\(port)"
            // The server is no witness; that it answers at all is what counts.
            #expect(try await submit(to: url, trusting: certificate).status == 404)
            let error = await #expect(throws: LogClientError.self) { try await submit(to: url) }
            #expect(error?.code == .insecure)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("A file that holds no certificates is named before anything is sent", arguments: [#filePath, "missing.pem"])
    func badCertificates(file: String) async throws {
        let error = await #expect(throws: LogClientError.self) {
            try await submit(to: "https://localhost", trusting: file)
        }
        #expect(error?.code == .badCertificates && error?.message.contains(file) == true)
    }
}
