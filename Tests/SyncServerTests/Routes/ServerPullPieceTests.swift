import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

/// Pulls of logs whose segments are long: what is held of them at once has a bound in bytes.
struct ServerPullPieceTests {
    /// Fills a log with segments of about 75 kB, and with events of 50 kB that hardly shrink, in segments 1 and 2 and
    /// in the tail: these are long.
    private func fill(
        _ server: TestServer,
        by device: TestDevice,
        long: [ClosedRange<Int>] = [257...278, 600...624, 780...801]
    ) async throws {
        var random = SystemRandomNumberGenerator()
        for first in stride(from: 1, through: 820, by: 82) {
            let lines = (first..<first + 82).map { counter in
                guard long.contains(where: { $0.contains(counter) }) else { return device.organisation(counter) }
                // Six random bits in each character.
                let text = (0..<6250).map { _ in
                    Base64.encode((0..<6).map { _ in UInt8.random(in: 0...255, using: &random) })
                }
                let data = #"{"title":"Verzonnen","summary":"\#(text.joined())"}"#
                return device.event(counter, "theme.opened", "theme/\(device.id)-\(counter)", data)
            }
            let answer = try await server.push(lines, by: device).decode(PushAnswer.self)
            #expect(answer.rejected.isEmpty, "\(answer.rejected.first?.problem.detail ?? "")")
        }
    }

    @Test("Segments of any length arrive whole, in pieces that have a bound")
    func longSegments() async throws {
        try await TestServer.run { server, admin in
            try await fill(server, by: admin)
            let store = try #require(server.source.store("assen"))
            // Sealed when the answers have left.
            while try store.head().sealedSegments < 3 { await Task.yield() }
            let head = try store.head()
            for after in [0, 300, 512, 790] {
                let range = Position(after)..<head.size.next
                let expected = try store.entries(range)
                let plan = PullPlan(range, sealedSegments: head.sealedSegments)
                for representation in [PullPlan.Representation.identity, .gzip, .members] {
                    var encoder = PullEncoder(representation, of: store)
                    var bytes = Array(encoder.start().readableBytesView)
                    for piece in plan.pieces(as: representation, try store.segmentLengths(plan.segments)) {
                        let encoded = try encoder.encode(piece)
                        // Deflate adds little to what it cannot make smaller.
                        #expect(encoded.readableBytes <= PullPlan.pieceBytes + 4096)
                        #expect(piece.length ?? encoded.readableBytes == encoded.readableBytes)
                        bytes += encoded.readableBytesView
                    }
                    bytes += encoder.finish().readableBytesView
                    if representation == .members {
                        var reader = SegmentMemberReader()
                        let members = try bytes.withUnsafeBufferPointer { try reader.receive($0) }
                        #expect(reader.isAtMemberBoundary)
                        #expect(try members.flatMap { try $0.entries() } == expected)
                    } else {
                        #expect(try (representation == .gzip ? inflated(bytes) : bytes) == expected)
                    }
                }
            }
        }
    }

    @Test(
        "An answer breaks off when an entry is erased in the long segment that is being sent",
        arguments: [PullPlan.Representation.identity, .gzip, .members]
    )
    func erasedMeanwhile(as representation: PullPlan.Representation) async throws {
        try await TestServer.run { server, admin in
            try await fill(server, by: admin, long: [257...300])
            let store = try #require(server.source.store("assen"))
            while try store.head().sealedSegments < 3 { await Task.yield() }
            let plan = PullPlan(Segment.positions(1), sealedSegments: 3)
            let pieces = plan.pieces(as: representation, try store.segmentLengths(plan.segments))
            #expect(pieces.count > 1)
            var encoder = PullEncoder(representation, of: store)
            _ = try encoder.encode(pieces[0])

            let data = #"{"redacted":true,"reason":"Verzonnen verzoek"}"#
            let redaction = admin.event(900, "entry.redacted", "entry/265", data)
            #expect(try await server.push([redaction], by: admin).decode(PushAnswer.self).rejected.isEmpty)
            #expect(try store.head().erasureMark == 1)
            for piece in pieces.dropFirst() {
                #expect(throws: LogError.self) { _ = try encoder.encode(piece) }
            }
            // Also where it was planned before, and nothing of it has been sent.
            var later = PullEncoder(representation, of: store)
            #expect(throws: LogError.self) { _ = try later.encode(pieces[0]) }
        }
    }

    @Test("An answer with long segments is the same as the log, and HEAD knows its length")
    func answers() async throws {
        try await TestServer.run { server, admin in
            try await fill(server, by: admin)
            let store = try #require(server.source.store("assen"))
            let expected = try store.entries(.init(3)..<(try store.head().size.next))
            for headers in [[:], ServerPullTests.gzip, ServerPullTests.members] as [HTTPFields] {
                var (full, head): (TestResponse, TestResponse)
                repeat {
                    full = try await server.get("/events?after=3", by: admin, headers)
                    #expect(try (headers == [:] ? full.bytes : inflated(full.bytes)) == expected)
                    head = try await server.send(.head, "/v1/agendas/assen/events?after=3", by: admin, headers)
                    // Something may have been sealed in between.
                } while head.headers[.eTag] != full.headers[.eTag]
                #expect(head.headers[.contentLength] == String(full.bytes.count))
            }
        }
    }

    @Test("A pull keeps its place until it has been sent")
    func unread() async throws {
        var options = ServerOptions.withoutRates
        options.capacity.pulls = 1
        options.capacity.waitAllowance = .seconds(3600)
        try await TestServer.run(.live, options: options) { server, admin in
            try await fill(server, by: admin)
            let request = """
                GET /v1/agendas/assen/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(admin.answer.token)\r\n\r\n
                """
            let start = try await server.answered()
            let unread = try await RawConnection.unread(try #require(server.client.port), request)
            // Each time, the question before is one more.
            var own = 1
            while try await server.answered() == start + own { own += 1 }
            for _ in 1...20 { try await server.get("/events?limit=1", by: admin).expectProblem(.busy) }
            try await unread.close()
            while try await server.get("/events?limit=1", by: admin).status != .ok { await Task.yield() }
        }
    }

    @Test("Usual segments are read many at a time")
    func usualSegments() {
        let plan = PullPlan(Segment.positions(0..<10), sealedSegments: 10)
        let lengths = (0..<10).map { _ in SegmentLengths(entries: 75_000, run: 8000) }
        #expect(plan.pieces(as: .members, lengths).map(\.source) == [.sealed(0..<10)])
        #expect(plan.pieces(as: .gzip, lengths).map(\.length) == [80_000])
        #expect(plan.pieces(as: .identity, lengths).map(\.source) == [.sealed(0..<10)])
        let later = PullPlan(Position(100)..<Position(2600), sealedSegments: 10)
        #expect(
            later.pieces(as: .members, lengths + [SegmentLengths(entries: 12_000, run: nil)]).map(\.source)
                == [
                    .fresh(Position(100)..<Position(256)), .sealed(1..<10),
                    .fresh(Position(2560)..<Position(2600)),
                ]
        )
    }
}
