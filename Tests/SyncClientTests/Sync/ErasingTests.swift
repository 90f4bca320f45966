import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import LogClient
import Projections
import SyncClient
import SyncTesting
import Synchronization
import Testing

/// Does something, once, before it passes on the first request that begins so.
final class InterruptingTransport: Transport {
    private let base: any Transport
    private let state: Mutex<(prefix: String, body: (@Sendable () async throws -> Void)?)>

    init(_ base: any Transport, before prefix: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.base = base
        state = Mutex((prefix, body))
    }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let name = "\(request.method) \(request.path)"
        let body = state.withLock { state in
            guard name.hasPrefix(state.prefix) else { return nil as (@Sendable () async throws -> Void)? }
            defer { state.body = nil }
            return state.body
        }
        try await body?()
        return try await base.send(request)
    }
}

/// A server in this process with laptops.
struct Erasing: Sendable {
    let server: TestServer
    let folder: TestFolder
    var transport: RouterTransport { RouterTransport(server.client) }

    static func run(_ test: @Sendable (Erasing) async throws -> Void) async throws {
        try await TestServer.run { server, _ in
            try await test(Erasing(server: server, folder: try TestFolder()))
        }
    }

    func clone(_ name: String, _ role: Role = .admin) async throws -> Replica {
        try await Replica.clone(
            url: "https://test.example/agendas/assen",
            into: folder.file(name),
            invite: try server.invite(role),
            memberName: "Verzonnen persoon",
            deviceName: name,
            transport: transport
        ).replica
    }

    func sync(_ replica: Replica, over other: (any Transport)? = nil) async throws -> SyncSummary {
        try await replica.sync(over: other ?? transport).finish()
    }

    var store: any LogStore {
        get throws { try #require(server.source.store("assen")) }
    }

    /// Records that the entry at a position is to be erased.
    func redact(_ position: Int, on replica: Replica) throws {
        _ = try replica.redact(Position(position), reason: "Verzonnen verzoek")
    }

    /// Where the entry stands that holds a text.
    func position(of text: String) throws -> Int {
        let store = try store
        let entries = try store.entries(Position(0)..<store.head().size.next)
        let lines = String(decoding: entries, as: UTF8.self).split(separator: "\n")
        return try #require(lines.firstIndex { $0.contains(text) })
    }

    /// Log and state of all of them are those of the server, and a text is in no file of theirs.
    func expectAgreement(_ replicas: [Replica], without text: String, _ comment: Comment? = nil) throws {
        let store = try store
        let size = try store.head().size
        let entries = try store.entries(Position(0)..<size.next)
        #expect(Data(entries).firstRange(of: Data(text.utf8)) == nil, comment)
        let state = try TimeTravel.state(of: store, at: size)
        for replica in replicas {
            #expect(try replica.entries(0..<size.rawValue) == entries, comment)
            #expect(try replica.digest() == TimeTravel.digest(of: state).description, comment)
            for file in try FileManager.default.contentsOfDirectory(atPath: replica.folder) {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(replica.folder)/\(file)"))
                #expect(bytes.firstRange(of: Data(text.utf8)) == nil, "\(file) of \(replica.folder)")
            }
        }
    }
}

@Suite("Entries that are erased, on laptops")
struct ErasingTests {
    @Test("A redaction reaches every laptop, those that had the entry and those that come later")
    func everywhere() async throws {
        try await Erasing.run { agenda in
            let admin = try await agenda.clone("beheerder")
            let recorder = try await agenda.clone("opnemer", .recorder)
            let project = try recorder.record(type: "project.started", data: #"{"title":"Warmtenet"}"#).subject
            let note = try recorder.record(
                type: "note.added",
                data: #"{"about":"\#(project)","text":"Verzonnen: Jan Jansen belde"}"#
            ).subject
            for replica in [recorder, admin] { _ = try await agenda.sync(replica) }
            #expect(try admin.document(of: note)?.document.contains("Jan Jansen") == true)

            try agenda.redact(try agenda.position(of: "Jan Jansen"), on: admin)
            #expect(try await agenda.sync(admin).refused == 0)
            let late = try await agenda.clone("later", .auditor)
            for replica in [recorder, late, admin] { _ = try await agenda.sync(replica) }
            try agenda.expectAgreement([admin, recorder, late], without: "Jan Jansen")
            for replica in [admin, recorder, late] {
                #expect(try replica.document(of: note)?.document == "{}")
                #expect(try replica.registers(of: note).map { $0.heads[0].isErased } == [true, true])
            }

            // Work goes on, also on what was erased.
            try recorder.record(type: "note.revised", subject: note, data: #"{"text":"Een bewoner belde"}"#)
            for replica in [recorder, admin, late] { _ = try await agenda.sync(replica) }
            try agenda.expectAgreement([admin, recorder, late], without: "Jan Jansen")
            #expect(try late.document(of: note)?.document == #"{"text":"Een bewoner belde"}"#)
        }
    }

    @Test("What erases is recorded only with what must not go with it, and taken back with it")
    func withTheRole() async throws {
        try await Erasing.run { agenda in
            let admin = try await agenda.clone("beheerder")
            let other = try await agenda.clone("opnemer", .recorder)
            _ = try await agenda.sync(admin)
            let joined = try agenda.position(of: other.settings.member.rawValue)
            let error = #expect(throws: ReplicaError.self) {
                try admin.record(
                    type: "entry.redacted",
                    subject: "entry/\(joined)",
                    data: #"{"reason":"Verzonnen","redacted":true}"#
                )
            }
            #expect(error?.code == .invalidEvent && error?.nextStep?.contains("ambit redact \(joined)") == true)
            let line = #"{"type":"entry.redacted","subject":"entry/\#(joined)","data":{"redacted":true,"reason":"x"}}"#
            #expect(throws: ReplicaError.self) { try admin.importEvents(Array(line.utf8)) }
            #expect(try admin.pending().isEmpty)

            let redaction = try admin.redact(Position(joined), reason: "Verzonnen verzoek")
            let (granted, erasure) = (try #require(redaction.granted?.id), try #require(redaction.event?.id))
            #expect(try admin.undoable([granted]).events.map(\.id) == [granted, erasure])
            #expect(try admin.undoable([erasure]).events.map(\.id) == [erasure])
            let enrolled = try agenda.position(of: other.settings.device.rawValue)
            let refused = #expect(throws: ReplicaError.self) { try admin.redaction(of: Position(enrolled)) }
            #expect(refused?.code == .notAllowed, "a device in use keeps its key")
        }
    }

    @Test("What somebody else noted is not retracted by a recorder; its author and an editor may")
    func notesOfOthers() async throws {
        try await Erasing.run { agenda in
            let author = try await agenda.clone("opnemer", .recorder)
            let other = try await agenda.clone("ander", .recorder)
            let editor = try await agenda.clone("redactie", .editor)
            let project = try author.record(type: "project.started", data: #"{"title":"Warmtenet"}"#).subject
            let note = try author.record(type: "note.added", data: #"{"about":"\#(project)","text":"Een"}"#).subject
            for replica in [author, other, editor] { _ = try await agenda.sync(replica) }
            let error = #expect(throws: ReplicaError.self) {
                try other.record(type: "note.retracted", subject: note, data: #"{"retracted":true}"#)
            }
            #expect(error?.code == .notAllowed && error?.problem == "not-allowed")
            #expect(try other.status().pending == 0)
            try editor.record(type: "note.revised", subject: note, data: #"{"text":"Twee"}"#)
            try author.record(type: "note.retracted", subject: note, data: #"{"retracted":true}"#)
            for replica in [author, editor] { #expect(try await agenda.sync(replica).refused == 0) }
        }
    }

    @Test("An event whose answer was lost, and which has been erased since, leaves the outbox")
    func pending() async throws {
        try await Erasing.run { agenda in
            let admin = try await agenda.clone("beheerder")
            let recorder = try await agenda.clone("opnemer", .recorder)
            try recorder.record(type: "project.started", data: #"{"title":"Verzonnen: Jan Jansen"}"#)
            // The push's answer, and what would show that it arrived all the same.
            let isCut = Mutex(false)
            let transport = ChangingTransport(agenda.transport)
            transport.change { path, answer in
                let isLost = isCut.withLock { isCut in
                    isCut = isCut || path == "/events"
                    return isCut
                }
                if isLost { throw LogClientError(.cut, "as planned") }
                return answer
            }
            let error = await failure {
                try await recorder.sync(over: transport, options: .noRetries).finish()
            }
            #expect(error != nil)
            #expect(try recorder.status().pending == 1)
            _ = try await agenda.sync(admin)
            try agenda.redact(try agenda.position(of: "Jan Jansen"), on: admin)
            _ = try await agenda.sync(admin)

            let summary = try await agenda.sync(recorder)
            #expect(summary.refused == 0 && summary.deviceChange == nil)
            #expect(try recorder.status().pending == 0)
            _ = try await agenda.sync(admin)
            try agenda.expectAgreement([admin, recorder], without: "Jan Jansen")
        }
    }

    @Test("What was exported before an entry was erased does not bring it back", arguments: [true, false])
    func imported(areEntries: Bool) async throws {
        try await Erasing.run { agenda in
            let admin = try await agenda.clone("beheerder")
            let project = try admin.record(type: "project.started", data: #"{"title":"Warmtenet"}"#).subject
            let data = #"{"about":"\#(project)","text":"Verzonnen: Jan Jansen belde"}"#
            try admin.record(type: "note.added", data: data)
            // Equal but for identity and salt: the one stays, the other goes.
            try admin.record(type: "note.added", data: data)
            _ = try await agenda.sync(admin)
            let size = try agenda.store.head().size.rawValue
            var lines = String(decoding: try admin.entries(0..<size), as: UTF8.self).split(separator: "\n").map(
                String.init
            )
            if !areEntries { lines = lines.map { $0.dropLast(EntrySuffix.length) + "}" } }
            let file = Array(lines.joined(separator: "\n").utf8)

            // The last one is the signature on them.
            let position = size - 2
            try agenda.redact(position, on: admin)
            #expect(try await agenda.sync(admin).refused == 0)
            let summary = try admin.importEvents(file)
            #expect(summary.events == 0 && summary.passed.known == size && summary.passed.erased == 0)
            #expect(try admin.status().pending == 0)
            // An event of the same identity that says something else was never in this log.
            let other = try admin.importEvents(Array(lines[position].replacing("Jan Jansen", with: "Piet").utf8))
            #expect(other.events == 1)
        }
    }

    @Test(
        "An entry that is erased while a laptop syncs is erased there too",
        arguments: ["GET /checkpoint", "GET /events", "POST /events"]
    )
    func meanwhile(request: String) async throws {
        try await Erasing.run { agenda in
            let admin = try await agenda.clone("beheerder")
            let recorder = try await agenda.clone("opnemer", .recorder)
            for index in 0..<300 {
                try admin.record(type: "organisation.registered", data: #"{"name":"Organisatie \#(index)"}"#)
            }
            try admin.record(type: "project.started", data: #"{"title":"Verzonnen: Jan Jansen"}"#)
            _ = try await agenda.sync(admin)
            try recorder.record(type: "project.started", data: #"{"title":"Warmtenet"}"#)
            let position = try agenda.position(of: "Jan Jansen")
            let transport = InterruptingTransport(agenda.transport, before: request) {
                try agenda.redact(position, on: admin)
                _ = try await agenda.sync(admin)
            }
            #expect(try await agenda.sync(recorder, over: transport).refused == 0)
            _ = try await agenda.sync(recorder)
            _ = try await agenda.sync(admin)
            try agenda.expectAgreement([admin, recorder], without: "Jan Jansen")
        }
    }

    @Test("Whoever syncs when, all end with the same bytes and the same state", arguments: 1...6 as ClosedRange<UInt64>)
    func anyOrder(seed: UInt64) async throws {
        try await Erasing.run { agenda in
            var random = SplitMix64(seed: seed)
            var replicas = [try await agenda.clone("een"), try await agenda.clone("twee")]
            let project = try replicas[0].record(type: "project.started", data: #"{"title":"Warmtenet"}"#).subject
            for replica in replicas { _ = try await agenda.sync(replica) }
            for step in 0..<40 {
                let replica = replicas[Int.random(in: 0..<replicas.count, using: &random)]
                switch Int.random(in: 0..<8, using: &random) {
                case 0...2:
                    try replica.record(
                        type: "project.revised",
                        subject: project,
                        data: #"{"summary":"Tekst \#(step)"}"#
                    )
                case 3:
                    try replica.record(type: "note.added", data: #"{"about":"\#(project)","text":"Tekst \#(step)"}"#)
                case 4:
                    // Some of them have been erased, or say what was: those are refused.
                    let size = try replica.status().size
                    try? agenda.redact(Int.random(in: 6..<max(size.rawValue, 7), using: &random), on: replica)
                case 5 where replicas.count < 5:
                    replicas.append(try await agenda.clone("laptop-\(step)"))
                default:
                    _ = try await agenda.sync(replica)
                }
            }
            for _ in 0..<2 { for replica in replicas { _ = try await agenda.sync(replica) } }
            #expect(try agenda.store.head().erasureMark > 0, "seed \(seed) tries too little")
            try agenda.expectAgreement(replicas, without: "Jan Jansen", "seed \(seed)")
            let size = try agenda.store.head().size
            for replica in replicas {
                let root = try LogTree(of: replica.log).root(of: 0..<size.rawValue)
                #expect(try root == agenda.store.head().checkpoint?.checkpoint.root, "seed \(seed)")
            }
        }
    }
}

@Suite("Tombstones that a server has no right to")
struct ErasingTrustTests {
    let agenda: TestAgenda

    init() throws {
        agenda = try TestAgenda()
        agenda.fill(20)
    }

    /// The server's log with an entry replaced by what is left of it, whatever the log says.
    private func erase(_ position: Int, by redaction: Int, _ change: (inout [UInt8]) -> Void = { _ in }) throws {
        var log = agenda.server.log()
        var left = try log.entries[position].withUnsafeBufferPointer {
            try ErasedEntry.replacement(of: $0, redaction: Position(redaction))
        }
        change(&left)
        log.entries[position] = left
        agenda.server.restore(log)
    }

    private func redact(_ subject: String) -> Int {
        _ = agenda.server.record("entry.redacted", { _ in subject }, #"{"reason":"Verzonnen verzoek"}"#)
        return (agenda.server.size - 1).rawValue
    }

    @Test("A tombstone without its redaction stops the sync", arguments: ["other", "self", "none", "beyond", "form"])
    func unjustified(_ how: String) async throws {
        let replica = try await agenda.clone("laptop")
        let before = try replica.status().size
        agenda.fill(10)
        let position = (agenda.server.size - 3).rawValue
        let redaction = redact("entry/\(how == "other" ? position + 1 : position)")
        switch how {
        case "other": try erase(position, by: redaction)
        case "self": try erase(redaction - 1, by: redaction - 1)
        case "none": try erase(position, by: redaction - 1)
        case "beyond": try erase(position, by: redaction + 100)
        default: try erase(position, by: redaction) { $0[$0.firstIndex(of: UInt8(ascii: "["))!] = UInt8(ascii: "{") }
        }
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .tampered, "\(how): \(error?.message ?? "")")
        #expect(try replica.status().size == before)
    }

    @Test("What was staged of a log that a server does not have any more is in the way of no later sync")
    func putBack() async throws {
        let replica = try await agenda.clone("laptop")
        agenda.fill(600)
        let backup = agenda.server.log()
        try erase(300, by: (agenda.server.size + 50).rawValue)
        let error = await failure { try await agenda.sync(replica) }
        #expect(error?.code == .tampered)
        agenda.server.restore(backup)
        #expect(try await agenda.sync(replica).size == agenda.server.size)
        #expect(try replica.log.head().erasureMark == 0)
    }

    @Test("A server that sends what it should have erased does not keep a laptop from erasing it")
    func late() async throws {
        let replica = try await agenda.clone("laptop")
        let known = (agenda.server.size - 5).rawValue
        agenda.fill(300)
        let new = (agenda.server.size - 3).rawValue
        let redactions = [redact("entry/\(known)"), redact("entry/\(new)")]
        let second = redact("entry/\(known)")
        _ = redact("entry/\(redactions[0])")
        _ = redact("entry/999999")
        _ = try await agenda.sync(replica)
        for (position, redaction) in zip([known, new], redactions) {
            let line = String(decoding: try replica.entries(position..<position + 1), as: UTF8.self)
            #expect(line.contains(#""redaction":\#(redaction),"#), "\(line)")
        }
        #expect(second > redactions[0])
        let kept = try replica.entries(redactions[0]..<redactions[0] + 1)
        #expect(String(decoding: kept, as: UTF8.self).contains("Verzonnen verzoek"))
        _ = try await agenda.sync(replica)
        let head = try replica.log.head()
        #expect(head.erasureMark == 2)
        #expect(try LogTree(of: replica.log).root(of: 0..<head.size.rawValue) == head.checkpoint?.checkpoint.root)
    }
}
