import AgendaModel
import Foundation
import LogClient
import SyncTesting
import Testing

@Suite("The pace of answers")
struct TransferPaceTests {
    @Test("A link of 1 Mbit/s may take as long as it needs, and so may one of 20 kbit/s")
    func slowLinks() throws {
        for bytesPerSecond in [125_000, 2_500] {
            var meter = PaceMeter(.least)
            for _ in 0..<7_200 { try meter.took(bytesPerSecond, after: .seconds(1)) }
        }
    }

    @Test("A few bytes now and then are no answer, even when each comes in time")
    func dripping() {
        var meter = PaceMeter(.least)
        var seconds = 0
        let error = #expect(throws: LogClientError.self) {
            while seconds < 3_600 {
                seconds += 20
                try meter.took(16, after: .seconds(20))
            }
        }
        #expect(error?.code == .timeout && error?.isSlowAnswer == true && seconds == 60)
    }

    @Test("A burst does not buy more than the minute that it comes in")
    func burst() throws {
        var meter = PaceMeter(.least)
        try meter.took(10_000_000, after: .seconds(61))
        try meter.took(1, after: .seconds(59))
        #expect(throws: LogClientError.self) { try meter.took(1, after: .seconds(1)) }
    }

    @Test(
        "Answers that say that the answer is yet to come do not keep a request any longer",
        arguments: [100, 102, 103]
    )
    func informational(status: Int) async throws {
        let line = "HTTP/1.1 \(status) Wait\r\n\r\n"
        let requests = SyncRequests(token: "x")
        for request in [requests.checkpoint(fresh: "y"), requests.pull(after: .zero, limit: 1)] {
            #expect(request.headTimeout <= request.idleTimeout)
        }
        let server = try CannedServer(line, drip: line)
        defer { server.stop() }
        let transport = try HTTPTransport(url: "http://127.0.0.1:\(server.port)/agendas/assen")
        let result = await Result.running {
            _ = try await transport.send(TransportRequest(path: "/checkpoint", headTimeout: .milliseconds(300)))
        }
        #expect((result.failure as? LogClientError)?.code == .timeout)
        await transport.shutDown()
    }

    @Test("Over HTTP, a server that drips is cut off")
    func overHTTP() async throws {
        let server = try CannedServer(
            "HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\nContent-Length: 900000\r\n\r\n",
            drip: "x"
        )
        defer { server.stop() }
        let transport = try HTTPTransport(url: "http://127.0.0.1:\(server.port)/agendas/assen")
        let pace = TransferPace(bytes: 1_000_000, within: .milliseconds(100))
        let result = await Result.running {
            let response = try await transport.send(TransportRequest(path: "/events", pace: pace))
            while try await response.next() != nil {}
        }
        #expect((result.failure as? LogClientError)?.code == .timeout)
        await transport.shutDown()
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
