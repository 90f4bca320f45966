import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import HummingbirdTesting
import Logging
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

/// A store that goes back under a server, or is written by another one.
@Suite("A server whose log is not what it was a moment ago")
struct ServerShrunkenLogTests {
    @Test(
        "Every address answers while the log has fewer entries than the server knows of",
        arguments: [1, 256, 300, 512]
    )
    func everyAddress(size: Int) async throws {
        try await TestServer.run { server, admin in
            let store = try #require(server.source.store("assen") as? InMemoryLogStore)
            let entries = try await server.fill(size, by: admin).size
            let backup = store.copy()
            try await server.fill(600, by: admin, from: size + 1)
            let gets = RouteTable.server.routes.filter { $0.method == .get }.map(RouteTableTests.address)
            let ranges = [0, 255, 256, 300, 513, entries - 1, entries, entries + 1, entries + 500].map {
                "/v1/agendas/assen/events?after=\($0)&limit=4096"
            }
            let tiles = ["0/000", "0/001.p/44", "entries/001", "entries/002.p/1"].map { "/v1/agendas/assen/tile/\($0)" }
            #expect(gets.count > 15)
            for path in gets + ranges + tiles {
                // What an answer has the server look at would have it know at the next one.
                store.restore(backup)
                let answer = try await server.send(.get, path, by: admin)
                #expect(answer.status.code < 500 || answer.status == .serviceUnavailable, "\(path): \(answer.text)")
            }
            #expect(try await server.get("/ready", by: admin).status == .serviceUnavailable)
        }
    }

    @Test("A device that another server of the log has just let in is known at once")
    func otherServer() async throws {
        let source = try MemorySource()
        try source.add("assen")
        let logger = Logger(label: "test")
        let first = try AmbitServer(source: source, options: .withoutRates, logger: logger)
        let second = try AmbitServer(source: source, options: .withoutRates, logger: logger)
        try await first.application().test(.router) { one in
            try await second.application().test(.router) { other in
                let one = TestServer(client: one, source: source)
                let other = TestServer(client: other, source: source)
                let admin = try await one.enrol(code: one.invite(.admin))
                #expect(try await other.get("/checkpoint", by: admin).status == .ok)
                for _ in 1...3 {
                    let device = try await one.enrol(code: one.invite(.recorder))
                    #expect(try await other.get("/checkpoint", by: device).status == .ok)
                }
            }
        }
    }

    @Test("A state of the past is that of the log as it is, not of one that it was")
    func past() async throws {
        let past = PastStates()
        let log = try PastStatesTests.log()
        let other = try PastStatesTests.log(by: "bbbbbb")
        for size in [9, 20] {
            let before = try await past.state(of: log, at: LogSize(size))
            let after = try await past.state(of: other, at: LogSize(size))
            #expect(before.subjects != after.subjects)
            #expect(try await PastStates().state(of: other, at: LogSize(size)).subjects == after.subjects)
        }
    }
}
