import AgendaModel
import EventLog
import LogClient
import SyncProtocol
import Testing

@testable import SyncClient

/// Laptops whose clock is years off, or jumps: nothing depends on it but the `time` of events.
@Suite("Clocks that are wrong")
struct ClientClockTests {
    /// 1970, before 1970, 2099, and beyond what can be written.
    static let moments = [0, -86_400_000_000, 4_070_908_800_000, 400_000_000_000_000]

    @Test("A laptop with a clock years off records, pushes, pulls and folds", arguments: moments)
    func yearsOff(moment: Int) async throws {
        let agenda = try TestAgenda()
        let other = try await agenda.clone("ander")
        agenda.clock.set(moment)
        let replica = try await agenda.clone("laptop")
        let project = try replica.plan("Voorbeeldhaven")
        let summary = try await agenda.sync(replica)
        #expect(summary.accepted == 2 && summary.refused == 0)
        try await _ = agenda.sync(other)
        try other.record(type: "project.revised", subject: project, data: #"{"title":"Voorbeeldkade"}"#)
        for replica in [other, replica] { try await _ = agenda.sync(replica) }
        #expect(try replica.digest() == other.digest())
        // The later event had seen the one before: what its author's clock says does not count.
        #expect(try replica.titles == ["Voorbeeldkade"] && replica.conflicts().isEmpty)
        let status = try replica.status()
        let lastSync = try #require(status.lastSync.flatMap { Timestamp($0) })
        #expect(lastSync.description == status.lastSync && status.isCaughtUp)
        #expect(status.pending == 0)
    }

    @Test("A clock that is far ahead of the server's is noticed by a sync, until it is put back")
    func ahead() async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        let (now, years, hour) = (1_800_000_000_000, 315_360_000_000, 3_600_000)
        agenda.server.setDate(Timestamp(millisecondsSince1970: now))
        for lead in [0, 23 * hour] {
            agenda.clock.set(now + lead)
            _ = try await agenda.sync(replica)
            #expect(try replica.status().clockLead == nil)
        }
        agenda.clock.set(now + years)
        #expect(try replica.status().clockLead == nil)
        _ = try await agenda.sync(replica)
        let lead = try #require(try replica.status().clockLead)
        #expect((years..<years + hour).contains(lead))
        #expect(try abs(replica.likelyTime().millisecondsSince1970 - now) < hour)
        // A summer later, without a network.
        agenda.clock.set(now + years + 2_400 * hour)
        #expect(try abs(replica.likelyTime().millisecondsSince1970 - now - 2_400 * hour) < hour)
        // Whoever puts it back need not sync to be believed.
        agenda.clock.set(now)
        #expect(try replica.status().clockLead == nil)
        #expect(try abs(replica.likelyTime().millisecondsSince1970 - now) < hour)
        _ = try await agenda.sync(replica)
        agenda.clock.set(now + years)
        #expect(try replica.status().clockLead == nil)
    }

    @Test("An answer that a cache has kept, or that says no time, says nothing of a clock", arguments: [true, false])
    func undated(isKept: Bool) async throws {
        let agenda = try TestAgenda()
        let transport = DatedTransport(agenda.server, now: { Timestamp(millisecondsSince1970: 4_070_908_800_000) })
        let date = HTTPDate.text(of: Timestamp(millisecondsSince1970: 1_800_000_000_000))
        let headers = isKept ? ["Date": date, "Age": "86400"] : ["Date": "yesterday"]
        agenda.server.fail("GET /checkpoint", .answer(status: 200, headers: headers, body: ""))
        _ = try await transport.send(TransportRequest(path: "/checkpoint"))
        #expect(transport.reading == nil)
    }

    @Test("A clock that jumps during a sync changes nothing of it", arguments: [0, 4_070_908_800_000])
    func jumping(to moment: Int) async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        agenda.fill(600)
        try replica.plan("Voorbeeldhaven")
        let clock = agenda.clock
        for request in ["GET /checkpoint", "POST /events", "GET /events"] {
            agenda.server.fail(request, .held { clock.set(moment) })
            agenda.server.fail(request, .unreachable(.timeout))
        }
        let summary = try await agenda.sync(replica)
        #expect(summary.accepted == 2 && summary.size == agenda.server.size)
        #expect(try replica.status().isCaughtUp)
        try replica.plan("Voorbeeldspoor")
        #expect(try await agenda.sync(replica).accepted == 2)
    }

    @Test("What is imported may be as late as the log, whatever the clock says", arguments: [0, -86_400_000_000])
    func importing(moment: Int) async throws {
        let agenda = try TestAgenda()
        let replica = try await agenda.clone("laptop")
        agenda.clock.set(moment)
        func line(_ time: String) -> [UInt8] {
            Array(#"{"type":"theme.opened","time":"\#(time)","data":{"title":"Voorbeeldthema"}}"#.utf8)
        }
        let size = agenda.server.size
        let last = try #require(agenda.server.log().entries.last)
        let recorded = try #require(last.withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) })
        #expect(try replica.importEvents(line(recorded.description)).events == 1)
        let later = Timestamp(millisecondsSince1970: recorded.millisecondsSince1970 + 1)
        let error = #expect(throws: ReplicaError.self) { try replica.importEvents(line(later.description)) }
        #expect(error?.message.contains("future") == true)
        _ = try await agenda.sync(replica)
        #expect(agenda.server.size == size + 1)
    }

    @Test("A time in the future does not win over one that had seen it, nor hide in the past of the log")
    func future() async throws {
        let agenda = try TestAgenda()
        let (fast, slow) = (try await agenda.clone("snel"), try await agenda.clone("langzaam"))
        agenda.clock.set(4_070_908_800_000)
        let project = try fast.plan("Voorbeeldhaven")
        try await _ = agenda.sync(fast)
        try await _ = agenda.sync(slow)
        agenda.clock.set(0)
        // Neither has seen the other's title.
        try slow.record(type: "project.revised", subject: project, data: #"{"title":"Uit 1970"}"#)
        agenda.clock.set(4_070_908_800_000)
        try fast.record(type: "project.revised", subject: project, data: #"{"title":"Uit 2099"}"#)
        for replica in [fast, slow, fast] { try await _ = agenda.sync(replica) }
        #expect(try fast.conflicts().map(\.values.count) == [2])
        #expect(try fast.digest() == slow.digest())
    }
}
