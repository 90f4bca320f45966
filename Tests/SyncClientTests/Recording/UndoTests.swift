import AgendaModel
import EventLog
import EventLogTesting
import LogClient
import Testing

@testable import SyncClient

@Suite("Taking back what has not been sent")
struct UndoTests {
    let agenda: TestAgenda
    let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    @discardableResult
    private func theme(_ title: String) throws -> RecordedEvent {
        try replica.record(type: "theme.opened", data: #"{"title":"\#(title)"}"#)
    }

    private func undo(_ ids: [Int]? = nil) throws { try replica.undo(replica.undoable(ids)) }

    /// The titles of the server's themes, in the log's order.
    private var sent: [String] {
        get throws {
            try agenda.server.log().entries.compactMap { entry in
                let entry = try JSONValue(parsing: entry.filter { $0 != UInt8(ascii: "\n") })
                return entry["type"]?.text == "theme.opened" ? entry["data"]?["title"]?.text : nil
            }
        }
    }

    @Test("What was recorded last goes, and its number is never used again")
    func last() async throws {
        try theme("Een")
        let second = try theme("Twee")
        #expect(try replica.undoable().events.map(\.id) == [second.id])
        try undo()
        #expect(try replica.document(of: second.subject) == nil)
        #expect(try replica.pending().map(\.id) == [second.id - 1])
        #expect(try theme("Drie").id == second.id + 1)
        _ = try await agenda.sync(replica)
        #expect(try sent == ["Een", "Drie"])
    }

    @Test("What rests on it goes too, however far, and nothing else")
    func dependents() throws {
        let project = try replica.record(type: "project.started", data: #"{"title":"Verzonnen"}"#)
        let other = try replica.record(type: "project.started", data: #"{"title":"Ander"}"#)
        let milestone = try replica.record(
            type: "milestone.planned",
            data: #"{"project":"\#(project.subject)","title":"Klaar","due":"2027-01-01"}"#
        )
        let note = try replica.record(type: "note.added", data: #"{"about":"\#(milestone.subject)","text":"Nog niet"}"#)
        let revised = try replica.record(type: "project.revised", subject: other.subject, data: #"{"title":"Anders"}"#)
        let plan = try replica.undoable([project.id])
        #expect(plan.asked.map(\.id) == [project.id])
        #expect(plan.dependents.map(\.id) == [milestone.id, note.id])
        // More rests on it than was said.
        let late = try replica.record(type: "note.added", data: #"{"about":"\#(note.subject)","text":"Toch"}"#)
        #expect(throws: ReplicaError.self) { try replica.undo(plan) }
        #expect(try replica.pending().count == 6)
        try undo([project.id])
        #expect(try replica.pending().map(\.id) == [other.id, revised.id])
        _ = late
    }

    @Test("With nothing recorded, or another number, nothing changes")
    func nothing() async throws {
        #expect(await failure { try undo() }?.code == .nothingToUndo)
        let theme = try theme("Een")
        #expect(await failure { try undo([theme.id + 1]) }?.code == .nothingToUndo)
        #expect(await failure { try undo([theme.id, theme.id + 1]) }?.code == .nothingToUndo)
        #expect(try replica.pending().count == 1)
        _ = try await agenda.sync(replica)
        #expect(await failure { try undo() }?.code == .nothingToUndo)
    }

    @Test("What a push has carried stays, whether or not it arrived", arguments: [true, false])
    func carried(arrives: Bool) async throws {
        let theme = try theme("Een")
        agenda.server.fail("POST /events", arrives ? .lostAnswer : .unreachable(.refused))
        #expect(await failure { try await agenda.sync(replica, .noRetries) } != nil)
        let error = await failure { try undo() }
        #expect(error?.code == (try replica.pending().isEmpty ? .nothingToUndo : .alreadySent))
        #expect(error?.nextStep == "record what corrects it: ambit record theme.revised \(theme.subject)")
        // What was recorded after it has never left.
        try self.theme("Twee")
        try undo()
        _ = try await agenda.sync(replica)
        #expect(try sent == ["Een"])
    }

    @Test("Of what the log has, undo says what corrects it, by its number or as the last")
    func sentLongAgo() async throws {
        let theme = try theme("Een")
        let project = try replica.record(type: "project.started", data: ["title": "Twee", "phase": "idea"])
        let advanced = try replica.record(
            type: "project.advanced",
            subject: project.subject,
            data: ["phase": "realisation"]
        )
        _ = try await agenda.sync(replica)
        let expected = [theme: "theme.revised", project: "project.halted", advanced: "project.advanced"]
        for (event, type) in expected {
            let error = await failure { try undo([event.id]) }
            #expect(error?.code == .alreadySent)
            #expect(error?.nextStep == "record what corrects it: ambit record \(type) \(event.subject)")
        }
        let last = await failure { try undo() }
        #expect(last?.nextStep?.contains("project.advanced \(project.subject)") == true)
        #expect(await failure { try undo([advanced.id + 7]) }?.code == .nothingToUndo)
        // What waits is taken back all the same.
        try self.theme("Drie")
        try undo()
        #expect(try sent.contains("Drie") == false)
    }

    @Test("What corrects an event can say again what it said, or nothing is named")
    func correcting() {
        let catalogue = Catalogue.current
        for type in catalogue.types {
            let fields = type.required.isEmpty ? Array(type.fields.prefix(1)) : type.required
            guard let name = catalogue.correcting(type.name, fields: fields) else { continue }
            let other = catalogue.type(named: name)
            #expect(other?.kind == type.kind && other?.isCreating == false, "\(type.name): \(name)")
            if !type.isCreating { #expect(Set(fields).isSubset(of: other?.fields ?? []), "\(type.name): \(name)") }
        }
        #expect(catalogue.correcting("project.advanced", fields: ["phase"]) == "project.advanced")
        #expect(catalogue.correcting("measurement.voided", fields: ["voided"]) == nil)
        #expect(catalogue.correcting("measurement.corrected", fields: ["value"]) == "measurement.corrected")
    }

    @Test("Taken back while a sync is on its way to it, it is not sent; once it is being sent, it stays")
    func race() async throws {
        try theme("Een")
        let (reached, reach) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        for prefix in ["GET /checkpoint", "POST /events"] {
            agenda.server.fail(
                prefix,
                .held {
                    reach.yield()
                    for await _ in released { break }
                }
            )
        }
        async let summary = agenda.sync(replica)
        var arrivals = reached.makeAsyncIterator()
        await arrivals.next()
        let second = try theme("Twee")
        try undo([second.id - 1])
        release.yield()
        await arrivals.next()
        #expect(await failure { try undo() }?.code == .alreadySent)
        release.yield()
        _ = try await summary
        #expect(try sent == ["Twee"])
    }

    @Test("Whatever is taken back never arrives, and all else does, once", arguments: [UInt64(1), 2, 3, 4, 5])
    func property(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        var kept: Set<String> = []
        var ids: [Int: String] = [:]
        for step in 0..<60 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                ids[try theme("Titel \(step)").id] = "Titel \(step)"
                kept.insert("Titel \(step)")
            case 5..<8:
                guard let id = ids.keys.sorted().randomElement(using: &random) else { continue }
                do {
                    try undo([id])
                    let title = ids.removeValue(forKey: id)
                    kept.remove(try #require(title))
                } catch let error as ReplicaError {
                    #expect([.alreadySent, .nothingToUndo].contains(error.code), "\(error)")
                }
            default:
                let faults: [FakeServer.Fault] = [.lostAnswer, .unreachable(.refused), .cut(at: 20)]
                if Bool.random(using: &random) {
                    agenda.server.fail("POST /events", faults.randomElement(using: &random) ?? .lostAnswer)
                }
                _ = await failure { try await agenda.sync(replica, .noRetries) }
            }
        }
        for _ in 0..<4 { _ = await failure { try await agenda.sync(replica) } }
        #expect(try replica.pending().isEmpty)
        #expect(try sent.sorted() == kept.sorted(), "seed \(seed)")
    }
}
