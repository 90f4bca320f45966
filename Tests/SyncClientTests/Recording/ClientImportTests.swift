import AgendaModel
import EventLog
import Projections
import SyncClient
import Testing

@Suite("Events that are re-recorded")
struct ClientImportTests {
    let agenda: TestAgenda
    let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    /// An event of another device's, as a line.
    private func event(
        _ id: Int,
        _ type: String,
        _ subject: String,
        _ data: String,
        time: String = "2026-11-12T10:11:12.123Z",
        basis: Int = 1,
        rest: String = "",
        source: String = "device/oudeaa"
    ) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"\#(type)","subject":"\#(subject)","#
            + #""time":"\#(time)","basis":\#(basis)\#(rest),"data":\#(data)}"#
    }

    private func entry(_ event: String) -> String {
        event.dropLast() + #","recordedtime":"2027-01-15T08:00:00.000Z"}"#
    }

    @discardableResult
    private func record(
        _ lines: [String],
        of devices: Set<DeviceID>? = nil,
        in replica: Replica? = nil
    ) throws(ReplicaError) -> ImportSummary {
        try (replica ?? self.replica).importEvents(Array(lines.joined(separator: "\n").utf8), of: devices)
    }

    private func log(of replica: Replica) throws -> [String] {
        var bytes: [UInt8] = []
        try Export.ndjson(of: replica.log, upTo: replica.log.head().size) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("Type, data and time stay; identity, salt and subjects are new, and later lines follow")
    func whole() throws {
        let summary = try record([
            event(7, "indicator.defined", "indicator/oudeaa-7", #"{"name":"W","unit":"w","aggregation":"sum"}"#),
            entry(event(8, "theme.opened", "theme/oudeaa-8", #"{"title":"Thema"}"#, rest: #","traceparent":"00-1""#)),
            "",
            event(
                9,
                "ambition.proposed",
                "ambition/oudeaa-9",
                #"{"theme":"theme/oudeaa-8","title":"A","targets":{"indicator/oudeaa-7":{"quantity":1e2}}}"#
            ),
            #"{"type":"theme.revised","subject":"theme/oudeaa-8","data":{"title":"theme/oudeaa-8"}}"#,
            event(
                10,
                "note.added",
                "note/oudeaa-10",
                #"{"about":"ambition/oudeaa-9","text":"Verzonnen"}"#,
                time: "2999-01-01T00:00:00.000Z",
                rest: #","salt":"AAAAAAAAAAAAAAAAAAAAAA""#
            ) + "\r",
        ])
        #expect(
            summary.events == 5
                && [summary.passed.known, summary.passed.otherDevices, summary.passed.unrepeatable] == [0, 0, 0]
        )
        #expect(
            summary.names.map(\.name) == [
                "indicator/oudeaa-7", "theme/oudeaa-8", "ambition/oudeaa-9", "note/oudeaa-10",
            ]
        )
        #expect(summary.names.map(\.subject).last == "note/laptop1-5")
        let lines = try replica.pending().map(\.line)
        #expect(
            lines[1] == #"{"specversion":"1.0","id":"2","source":"device/laptop1","type":"theme.opened","#
                + #""subject":"theme/laptop1-2","time":"2026-11-12T10:11:12.123Z","basis":1,"data":{"title":"Thema"}}"#
        )
        #expect(
            lines[2].hasSuffix(
                #""data":{"theme":"theme/laptop1-2","title":"A","targets":{"indicator/laptop1-1":{"quantity":1e2}}}}"#
            )
        )
        #expect(lines[3].contains(#""subject":"theme/laptop1-2""#) && lines[3].contains(#""title":"theme/oudeaa-8""#))
        #expect(lines[4].contains(#""time":"2999-01-01T00:00:00.000Z""#))
        #expect(lines[4].contains(/"salt":"[A-Za-z0-9_-]{22}"/) && !lines[4].contains("AAAAAAAAAAAAAAAAAAAAAA"))
        #expect(lines[4].contains(#""about":"ambition/laptop1-3""#))
    }

    @Test("What the log has, or an earlier line, is passed over, and so is what nobody else can record")
    func passedOver() async throws {
        try replica.record(type: "theme.opened", data: #"{"title":"Thema"}"#)
        let pending = try replica.pending().map(\.line)
        _ = try await agenda.sync(replica)
        let log = try log(of: replica)
        let theme = event(1, "theme.opened", "theme/oudeaa-1", #"{"title":"Ander thema"}"#)
        let signed = event(2, "device.signed", "device/oudeaa", "{}")
        let server = event(9, "member.joined", "member/server-9", #"{"name":"N"}"#, source: "server")
        let other = event(1, "theme.opened", "theme/andere-1", #"{"title":"T"}"#, source: "device/andere")
        let summary = try record(log + pending + [theme, entry(theme), signed, server, entry(other)])
        #expect(summary.events == 2)
        #expect(summary.passed.known == log.count + 2 && summary.passed.unrepeatable == 2)
        let few = try record(log + [theme, signed, server, other], of: ["device/andere"])
        #expect(few.events == 1 && few.passed.otherDevices == log.count + 3)
        let error = #expect(throws: ReplicaError.self) {
            try record([theme], of: ["device/oudeaa", "device/nergens"])
        }
        #expect(error?.code == .invalidImport && error?.message.contains("device/nergens") == true)
    }

    @Test(
        "A line that cannot be re-recorded stops the whole import and is named",
        arguments: [
            #""type":"theme.revised","subject":"theme/oudeaa-1","time":"2026-11-12T10:11:12.123Z","basis":1,"data":{"order":1}"#,
            #""type":"theme.opened","subject":"theme/oudeaa-2","time":"2026-11-12","basis":1,"data":{"title":"B"}"#,
            #""type":"theme.opened","subject":"theme/oudeaa-2","time":"2026-11-12T10:11:12.123Z","basis":-1,"data":{"title":"B"}"#,
            #""type":"theme.opened","subject":"theme/oudeaa-2","time":"2026-11-12T10:11:12.123Z","basis":1"#,
            #""type":"theme.dreamt","subject":"theme/oudeaa-2","time":"2026-11-12T10:11:12.123Z","basis":1,"data":{}"#,
            #""type":"entry.redacted","subject":"entry/400","time":"2026-11-12T10:11:12.123Z","basis":1,"data":{"reason":"x"}"#,
        ]
    )
    func refused(rest: String) throws {
        let good = event(1, "theme.opened", "theme/oudeaa-9", #"{"title":"A"}"#)
        let bad = #"{"specversion":"1.0","id":"2","source":"device/oudeaa","# + rest + "}"
        let error = #expect(throws: ReplicaError.self) { try record([good, bad]) }
        #expect(error?.code == .invalidImport && error?.line == 2)
        #expect(try replica.status().pending == 0)
    }

    @Test("Refused events are re-recorded from their export")
    func refusedEvents() async throws {
        agenda.server.refuse("theme.opened", problem: "not-allowed")
        let theme = try replica.record(type: "theme.opened", data: #"{"title":"Thema"}"#).subject
        try replica.record(type: "note.added", data: #"{"about":"\#(theme)","text":"Verzonnen"}"#)
        _ = try await agenda.sync(replica)
        agenda.server.refuse("theme.opened", problem: nil)
        let refused = try replica.refused()
        let summary = try record(refused.map(\.line))
        #expect(summary.events == refused.count && summary.names.first?.name == theme)
        #expect(try await agenda.sync(replica).refused == 0)
    }

    /// The bases of what is re-recorded of a log of 8 entries, 5 of which this log has too.
    private func bases(_ choose: ([String]) -> [String]) async throws -> [String] {
        agenda.fill(2)
        let (lost, old) = (try await agenda.clone("kwijt"), try await agenda.clone("oud"))
        _ = try await agenda.sync(replica)
        let before = agenda.server.log()
        // The fork: beyond 7 entries both logs go on by themselves.
        try lost.record(type: "agenda.revised", subject: "agenda/assen", data: #"{"vision":"Kwijt"}"#)
        _ = try await agenda.sync(lost)
        let others = try log(of: old)
        _ = try await agenda.sync(old)
        try old.record(type: "agenda.revised", subject: "agenda/assen", data: #"{"region":"Oud"}"#)
        _ = try await agenda.sync(old)
        agenda.server.restore(before)
        agenda.fill(5)
        try replica.record(type: "agenda.revised", subject: "agenda/assen", data: #"{"region":"Nieuw"}"#)
        _ = try await agenda.sync(replica)
        let new = try await agenda.clone("nieuw")
        #expect(others.count == before.entries.count)
        let log = try log(of: old)
        let summary = try record(choose(log), of: [old.settings.device], in: new)
        #expect(summary.events == 1)
        _ = try await agenda.sync(new)
        // Written by people who did not know of each other.
        let isTold = try new.conflicts().map(\.path) == ["/region"]
        let basis = try JSONValue(parsing: log.last ?? "")["basis"]?.compact ?? ""
        let event = try JSONValue(parsing: self.log(of: new).last ?? "")["basis"]?.compact ?? ""
        return ["\(before.entries.count)", basis, event, isTold ? "conflict" : "none"]
    }

    @Test("The basis of entries is no more than what both logs have: what others wrote since stands beside it")
    func basis() async throws {
        let found = try await bases { $0 }
        #expect(found[2] == found[0] && found[1] != found[0] && found[3] == "conflict", "\(found)")
    }

    @Test("A part of a log shows as much as the last of its entries that this log has")
    func basisOfPart() async throws {
        let found = try await bases { Array($0.dropFirst(2).enumerated().filter { $0.offset != 1 }.map(\.element)) }
        #expect(found[2] == found[0] && found[3] == "conflict", "\(found)")
    }

    @Test("Entries none of which this log has show nothing of it")
    func basisOfEnd() async throws {
        let found = try await bases { $0.suffix(1) }
        #expect(found[2] == "0" && found[3] == "conflict", "\(found)")
    }
}
