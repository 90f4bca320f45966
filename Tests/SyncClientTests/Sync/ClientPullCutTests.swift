import AgendaModel
import EventLog
import EventLogSQLite
import LogClient
import SyncProtocol
import Synchronization
import Testing

@testable import SyncClient

/// Pulls that break off at every byte there is.
@Suite("Pulls that are cut")
struct ClientPullCutTests {
    /// Cuts the first pull at a byte, refuses the second, and counts what was fetched.
    private final class CuttingTransport: Transport {
        private let server: FakeServer
        private let cut: Int
        private let asked = Mutex<[Int]>([])

        init(_ server: FakeServer, at cut: Int) {
            self.server = server
            self.cut = cut
        }

        /// The `after` of every pull.
        var pulls: [Int] { asked.withLock { $0 } }

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            guard request.path.hasPrefix("/events?after=") else { return try await server.send(request) }
            let after = try #require(Int(request.path.dropFirst(14).prefix { $0 != "&" }))
            let isFirst = asked.withLock { asked in
                asked.append(after)
                return asked.count == 1
            }
            guard isFirst else { throw LogClientError(.cut, "as the test wants") }
            server.fail("GET /events", .cut(at: cut))
            return try await server.send(request)
        }
    }

    @Test("A pull that is cut at any byte goes on after the last whole segment")
    func everyByte() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let start = try replica.status().size.rawValue
        // The same event again and again, which makes the answer short; nothing of it is ever installed here.
        var log = agenda.server.log()
        let event = try #require(log.entries.last).withUnsafeBufferPointer { EntrySuffix.event(of: $0) }
        for _ in 0..<3 * Segment.entryCount + 40 { log.append(event) }
        agenda.server.restore(log)
        agenda.server.setPieceLength(97)
        let members = try await members(of: agenda.server, after: start)
        #expect(members.count == 4)
        let length = members.last?.end ?? 0
        var options = SyncOptions()
        options.retries.attempts = 2
        var worst = 0
        for cut in 0..<length {
            let transport = CuttingTransport(agenda.server, at: cut)
            #expect(await failure { try await replica.sync(over: transport, options: options).finish() } != nil)
            let whole = members.last { $0.end <= cut && $0.size % Segment.entryCount == 0 }
            #expect(transport.pulls == [start, whole?.size ?? start], "cut at \(cut)")
            // What has to be fetched again is less than one member.
            worst = max(worst, cut - (whole?.end ?? 0))
            #expect(try replica.status().size == LogSize(start))
            try replica.store.discardStaged()
        }
        #expect(worst < members.map { $0.end - $0.start }.max() ?? 0)
        #expect(length > 500)
    }

    @Test("Cut over and over, a pull fetches hardly more than there is, and every byte of progress counts")
    func fetchedInTotal() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        agenda.fill(20 * 256)
        let members = try await members(of: agenda.server, after: 0)
        let length = members.last?.end ?? 0
        let longest = members.map { $0.end - $0.start }.max() ?? 0
        // Each answer brings one and a half segments before it breaks.
        let counter = CountingTransport(agenda.server, cutAfter: longest * 3 / 2)
        var options = SyncOptions()
        options.retries.attempts = 3
        #expect(try await replica.sync(over: counter, options: options).finish().size == agenda.server.size)
        #expect(counter.requests > 10)
        #expect(counter.bytes < length + counter.requests * longest)
    }

    /// Lets only so many bytes of each pull through.
    private final class CountingTransport: Transport {
        private let server: FakeServer
        private let limit: Int
        private let counted = Mutex((requests: 0, bytes: 0))

        init(_ server: FakeServer, cutAfter limit: Int) {
            self.server = server
            self.limit = limit
        }

        var requests: Int { counted.withLock { $0.requests } }
        var bytes: Int { counted.withLock { $0.bytes } }

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            guard request.path.hasPrefix("/events?") else { return try await server.send(request) }
            server.fail("GET /events", .cut(at: limit))
            let response = try await server.send(request)
            counted.withLock { $0.requests += 1 }
            return TransportResponse(status: response.status, headers: response.headers) { [self] in
                let piece = try await response.next()
                counted.withLock { $0.bytes += piece?.count ?? 0 }
                return piece
            }
        }
    }

    private struct Member {
        var start: Int
        var end: Int
        /// Of the log with its entries.
        var size: Int
    }

    /// Where the members of an answer begin and end.
    private func members(of server: FakeServer, after: Int) async throws -> [Member] {
        let request = TransportRequest(
            path: "/events?after=\(after)&limit=65536",
            headers: ["Authorization": "Bearer token-1"]
        )
        let response = try await server.send(request)
        var reader = SegmentMemberReader()
        var result: [Member] = []
        var position = 0
        while let piece = try await response.next() {
            for byte in piece {
                position += 1
                for member in try [byte].withUnsafeBufferPointer({ try reader.receive($0) }) {
                    let start = result.last?.end ?? 0
                    let size = (result.last?.size ?? after) + member.count
                    result.append(Member(start: start, end: position, size: size))
                }
            }
        }
        return result
    }
}
