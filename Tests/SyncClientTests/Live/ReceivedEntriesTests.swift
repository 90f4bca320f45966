import AgendaModel
import EventLog
import LogClient
import SyncProtocol
import Testing

@testable import SyncClient

/// Entries that came over a live stream, on their way into a sync.
struct ReceivedEntriesTests {
    private func event(_ id: Int, _ data: [UInt8], name: String = "") -> EventStreamParser.Event {
        EventStreamParser.Event(name: name, data: data, id: "\(id)")
    }

    private func checkpoint(_ size: Int) -> EventStreamParser.Event {
        event(0, Array("origin\n\(size)\nroot\n\n".utf8), name: "checkpoint")
    }

    @Test("Lines lead to the log's root, however they are cut, and also when some of them are there already")
    func lines() throws {
        let agenda = try TestAgenda()
        agenda.fill(700)
        let log = agenda.server.log()
        for length in [1, 100, 255, 256, 257, 700] {
            var receiver = PullReceiver(edge: TreeEdge(), tail: [])
            var segments: [Segment] = []
            for first in stride(from: 0, to: log.entries.count, by: length) {
                // Every part begins a little before the end of the one before.
                let start = max(0, first - 3)
                let part = log.entries[start..<min(first + length, log.entries.count)]
                segments += try receiver.receive(lines: part.flatMap { $0 + [Lines.newline] }, from: Position(start))
            }
            #expect(receiver.extent == SyncMachine.Extent(size: LogSize(log.entries.count), root: log.edge.root))
            #expect(segments.map(\.number) == [0, 1])
        }
    }

    @Test("Lines that leave a gap are not taken, and what cannot be entries is an error")
    func gaps() throws {
        var receiver = PullReceiver(edge: TreeEdge(), tail: [])
        #expect(try receiver.receive(lines: Array("{}\n".utf8), from: Position(1)).isEmpty)
        #expect(receiver.size == .zero)
        let nonsense = Array(String(repeating: "{}\n", count: 256).utf8)
        #expect(throws: LogError.self) { try receiver.receive(lines: nonsense, from: Position(0)) }
    }

    @Test("A stream is collected up to each checkpoint")
    func collecting() throws {
        var collector = LiveCollector(after: 4)
        #expect(try collector.receive(event(5, Array("a".utf8))) == nil)
        #expect(try collector.receive(event(0, [], name: "unheard-of")) == nil)
        #expect(try collector.receive(event(6, Array("b".utf8))) == nil)
        let first = try #require(try collector.receive(checkpoint(6)))
        #expect(first.first == 4 && first.lines == Array("a\nb\n".utf8) && first.size == 6)
        let second = try #require(try collector.receive(checkpoint(6)))
        #expect(second.first == 6 && second.lines.isEmpty)
    }

    @Test("Entries that do not follow each other are not collected", arguments: [4, 6, 0, -1])
    func order(id: Int) {
        var collector = LiveCollector(after: 4)
        #expect(throws: LogClientError.self) { try collector.receive(event(id, Array("a".utf8))) }
    }

    @Test("Of more than is kept, the checkpoint is, and the entries come by pulling")
    func tooLong() throws {
        var collector = LiveCollector(after: 0)
        let data = [UInt8](repeating: 0x61, count: 60_000)
        let count = LiveCollector.maximumBytes / data.count + 2
        for id in 1...count { _ = try collector.receive(event(id, data)) }
        let received = try #require(try collector.receive(checkpoint(count)))
        #expect(received.lines.isEmpty && received.first == Position(count) && received.size == LogSize(count))
        _ = try collector.receive(event(count + 1, data))
        #expect(try collector.receive(checkpoint(count + 1))?.lines.count == data.count + 1)
    }
}

/// What a sync does with what a live stream brought before it.
struct ReceivedBeforeSyncTests {
    private func note(_ log: FakeServer.Log) -> String {
        log.key.sign(size: .init(log.entries.count), root: log.edge.root).note
    }

    @Test("A checkpoint that another sync has gone beyond meanwhile is passed over: the server lost nothing")
    func overtaken() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        agenda.fill(2)
        let received = ReceivedEntries(first: agenda.server.size.next, note: note(agenda.server.log()))
        agenda.fill(3)
        _ = try await agenda.sync(replica)
        let outcome = try await replica.synchronize(
            over: agenda.server,
            options: .noRetries,
            beginningWith: received
        ) { _ in }
        #expect(outcome.summary.size == agenda.server.size)
    }

    @Test("What it brought is installed before what is pending is sent, without being pulled")
    func before() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let first = agenda.server.size.next
        agenda.fill(2)
        let log = agenda.server.log()
        let lines = log.entries[first.rawValue...].flatMap { $0 + [UInt8(ascii: "\n")] }
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        let known = agenda.server.requests.count
        let outcome = try await replica.synchronize(
            over: agenda.server,
            options: .noRetries,
            beginningWith: ReceivedEntries(first: first, lines: lines, note: note(log))
        ) { _ in }
        #expect(outcome.summary.accepted == 1 && outcome.summary.pulled == 3)
        #expect(agenda.server.requests[known] == "POST /events")
    }
}
