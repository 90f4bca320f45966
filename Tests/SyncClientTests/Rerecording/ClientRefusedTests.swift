import AgendaModel
import SyncClient
import Testing

@Suite("Refused events, re-recorded")
struct ClientRefusedTests {
    let agenda: TestAgenda
    let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    private func forbid(_ type: String) { agenda.server.refuse(type, problem: "not-allowed") }

    /// From now on the type is accepted: refusals are by type.
    private func allow(_ type: String) { agenda.server.refuse(type, problem: nil) }

    /// A refused project; what rests on it was recorded while it was on its way, and waits.
    private func refuseWithPending(_ record: @escaping @Sendable (String) throws -> Void) async throws -> String {
        let project = try replica.record(type: "project.started", data: #"{"title":"Voorbeeld"}"#).subject
        forbid("project.started")
        let server = agenda.server
        server.fail(
            "POST /events",
            .held {
                try? record(project)
                server.fail("POST /events", .notFound)
            }
        )
        _ = await failure { try await agenda.sync(replica) }
        #expect(try replica.status().refused == 1)
        return project
    }

    private func lines() throws -> [JSONValue] { try replica.pending().map { try JSONValue(parsing: $0.line) } }

    @Test("The outbox as lines has refused events and pending ones, in the order of recording")
    func outboxLines() async throws {
        _ = try await refuseWithPending { [replica] project in
            try replica.record(type: "note.added", data: #"{"about":"\#(project)","text":"Verzonnen"}"#)
        }
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
        let (refused, pending) = (try replica.refused().map(\.line), try replica.pending().map(\.line))
        #expect(refused.count == 1 && pending.count == 2)
        #expect(try replica.outboxLines() == refused + pending)
    }

    @Test("Pending events that mention the subject follow under its new name, in their order; others stay as they are")
    func pendingFollow() async throws {
        let replica = replica
        let project = try await refuseWithPending { project in
            try replica.record(type: "agenda.revised", subject: "agenda/assen", data: #"{"region":"Drenthe"}"#)
            let milestone = try replica.record(
                type: "milestone.planned",
                data: #"{"project":"\#(project)","title":"M","due":"2027-01-01"}"#
            )
            try replica.record(type: "milestone.moved", subject: milestone.subject, data: #"{"due":"2027-02-01"}"#)
            try replica.record(type: "project.advanced", subject: project, data: #"{"phase":"idea"}"#)
        }
        #expect(try replica.status().pending == 4)
        let refused = try #require(try replica.refused().first)
        #expect(refused.subject == project && refused.type == "project.started" && refused.problem == "not-allowed")
        #expect(refused.dependents.map(\.id) == [3, 5])
        #expect(refused.dependents.allSatisfy { $0.isPending })
        let before = try replica.pending().map(\.line)

        let again = try replica.retryRefused([refused.id])
        #expect(again.kept.isEmpty)
        #expect(again.events.map(\.replaced) == [1, 3, 4, 5])
        #expect(again.events.map(\.event.id) == [6, 7, 8, 9])
        #expect(again.events.map(\.wasRefused) == [true, false, false, false])
        #expect(try replica.refused().isEmpty)
        #expect(try replica.pending().first?.line == before[0])
        let pending = try lines()
        #expect(pending.map { $0["id"]?.text } == ["2", "6", "7", "8", "9"])
        #expect(pending[2]["data"]?["project"]?.text == "project/laptop1-6")
        #expect(pending[3]["subject"]?.text == "milestone/laptop1-7")
        #expect(pending[4]["subject"]?.text == "project/laptop1-6")
        let times = try before.map { try JSONValue(parsing: $0)["time"]?.text }
        #expect(pending.dropFirst(2).map { $0["time"]?.text } == Array(times[1...]))
        #expect(try replica.document(of: "project/laptop1-6")?.document == #"{"phase":"idea","title":"Voorbeeld"}"#)

        allow("project.started")
        #expect(try await agenda.sync(replica).accepted == 5)
        #expect(try replica.status().pending == 0)
    }

    @Test("What follows much later, and after the subject was refused once more, follows to its last name")
    func chain() async throws {
        let project = try replica.record(type: "project.started", data: #"{"title":"Voorbeeld"}"#).subject
        try replica.record(type: "project.advanced", subject: project, data: #"{"phase":"idea"}"#)
        try replica.record(type: "note.added", data: #"{"about":"\#(project)","text":"verzonnen"}"#)
        for type in ["project.started", "project.advanced", "note.added"] { forbid(type) }
        #expect(try await agenda.sync(replica).refused == 3)
        #expect(try replica.refused()[0].dependents.map(\.id) == [2, 3])
        #expect(
            try replica.correctRefused(1, Correction(data: JSONValue(parsing: #"{"title":"Beter"}"#))).events.count == 1
        )
        #expect(try await agenda.sync(replica).refused == 1)
        #expect(try replica.refused().map(\.id) == [2, 3, 4])
        #expect(try replica.retryRefused([4]).events.map(\.event.subject) == ["project/laptop1-5"])
        for type in ["project.started", "project.advanced", "note.added"] { allow(type) }
        try await _ = agenda.sync(replica)
        #expect(try replica.retryRefused().events.map(\.replaced) == [2, 3])
        #expect(try lines().map { $0["subject"]?.text } == ["project/laptop1-5", "note/laptop1-7"])
        #expect(try lines()[1]["data"]?["about"]?.text == "project/laptop1-5")
        try await _ = agenda.sync(replica)
        #expect(try replica.document(of: "project/laptop1-5")?.document == #"{"phase":"idea","title":"Beter"}"#)
    }

    @Test("A correction is a merge patch of the data, keeps time and basis, and takes a salt of its own")
    func correction() async throws {
        let about = #"{"about":"agenda/assen","text":"verzonnen"}"#
        let first = try JSONValue(parsing: replica.record(type: "note.added", data: about).line)
        forbid("note.added")
        try await _ = agenda.sync(replica)
        agenda.fill(3)
        try await _ = agenda.sync(replica)
        let new = try replica.correctRefused(1, Correction(data: JSONValue(parsing: #"{"text":"beter"}"#)))
        let line = try JSONValue(parsing: #require(new.events.first).event.line)
        for name in ["time", "basis", "source", "type"] { #expect(line[name] == first[name], "\(name)") }
        #expect(line["data"]?.compact == #"{"about":"agenda/assen","text":"beter"}"#)
        #expect(line["salt"] != nil)
        #expect(line["subject"]?.text == "note/laptop1-2")
    }

    @Test("A correction that says all of the data says what is taken out of a document, too")
    func wholeCorrection() async throws {
        try replica.record(type: "agenda.revised", subject: "agenda/assen", data: #"{"region":null,"title":"Fout"}"#)
        forbid("agenda.revised")
        try await _ = agenda.sync(replica)
        let data: JSONValue = ["region": .null, "title": "Goed"]
        let new = try replica.correctRefused(1, Correction(subject: nil, replacing: data))
        #expect(try JSONValue(parsing: #require(new.events.first).event.line)["data"] == data)
    }

    @Test(
        "A correction that would be refused again, or cannot be, leaves everything as it was",
        arguments: [
            (1, Correction(data: .object([.init("title", .null)])), ReplicaError.Code.invalidEvent),
            (1, Correction(data: .object([.init("titel", .string("x"))])), .invalidEvent),
            (1, Correction(data: .string("x")), .invalidEvent),
            (1, Correction(type: "project.dreamt"), .invalidEvent),
            (1, Correction(type: "member.granted", subject: "agenda/assen"), .invalidEvent),
            (1, Correction(type: "project.revised"), .unknownSubject),
            (1, Correction(subject: "agenda/assen"), .invalidEvent),
            (1, Correction(subject: "project/nobody-1"), .unknownSubject),
            (7, Correction(), .notRefused),
            (2, Correction(), .notRefused),
        ]
    )
    func badCorrection(id: Int, correction: Correction, code: ReplicaError.Code) async throws {
        try replica.record(type: "project.started", data: #"{"title":"Voorbeeld"}"#)
        forbid("project.started")
        try await _ = agenda.sync(replica)
        try replica.record(type: "organisation.registered", data: #"{"name":"Voorbeeld"}"#)
        let error = #expect(throws: ReplicaError.self) { try replica.correctRefused(id, correction) }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(try replica.refused().map(\.id) == [1])
        #expect(try replica.status().pending == 1)
        #expect(try replica.record(type: "organisation.registered", data: #"{"name":"B"}"#).id == 3)
    }

    @Test("A retry by number is all or nothing; of all, those that have no chance stay")
    func retrying() async throws {
        let project = try replica.record(type: "project.started", data: #"{"title":"Voorbeeld"}"#).subject
        try replica.record(type: "project.advanced", subject: project, data: #"{"phase":"idea"}"#)
        try replica.record(type: "organisation.registered", data: #"{"name":"Voorbeeld"}"#)
        for type in ["project.started", "project.advanced", "organisation.registered"] { forbid(type) }
        try await _ = agenda.sync(replica)
        try replica.discardRefused([1])
        for ids in [[2], [2, 3], [3, 9]] {
            #expect(throws: ReplicaError.self) { try replica.retryRefused(ids) }
            #expect(try replica.status().pending == 0)
        }
        let again = try replica.retryRefused()
        #expect(again.events.map(\.replaced) == [3])
        #expect(again.kept.map(\.id) == [2])
        #expect(again.kept.first?.error.code == .unknownSubject)
        #expect(try replica.refused().map(\.id) == [2])
        #expect(try replica.retryRefused().events.isEmpty)
    }

    @Test("Taking back what was re-recorded gives the refused event back as it was", arguments: [true, false])
    func undo(isCorrected: Bool) async throws {
        let replica = replica
        let project = try await refuseWithPending { project in
            try replica.record(
                type: "milestone.planned",
                data: #"{"project":"\#(project)","title":"M","due":"2027-01-01"}"#
            )
        }
        let (refused, pending) = (try replica.refused(), try replica.pending())
        // As often as one likes.
        for _ in 0..<2 {
            if isCorrected {
                try replica.correctRefused(1, Correction(data: JSONValue(parsing: #"{"title":"Anders"}"#)))
            } else {
                try replica.retryRefused([1])
            }
            #expect(try replica.refused().isEmpty)
            let undone = try replica.undo(replica.undoable())
            #expect(undone.refusedAgain == [1] && undone.pendingAgain == [2])
            #expect(try replica.refused() == refused)
            #expect(try replica.pending() == pending)
        }
        // What follows it keeps what it rests on when it goes alone.
        let again = try replica.retryRefused([1])
        let undone = try replica.undo(replica.undoable([again.events[1].event.id]))
        #expect(undone.refusedAgain.isEmpty && undone.pendingAgain.isEmpty)
        #expect(try replica.refused().isEmpty)
        let last = try replica.undo(replica.undoable())
        #expect(last.refusedAgain == [1])
        #expect(try replica.refused().map(\.line) == refused.map(\.line))
        #expect(try replica.document(of: project) == nil)
    }

    @Test("What was taken back can be put back as it was, with what it was re-recorded from")
    func putBack() async throws {
        _ = try await refuseWithPending { _ in }
        try replica.retryRefused()
        let pending = try replica.pending()
        try replica.putBack(replica.undo(replica.undoable()))
        #expect(try replica.pending() == pending && replica.refused().isEmpty)
        #expect(try replica.undo(replica.undoable()).refusedAgain == [1])
    }

    @Test("What was re-recorded and sent leaves nothing of the refused event behind")
    func sent() async throws {
        _ = try await refuseWithPending { [replica] _ in
            try replica.record(type: "theme.opened", data: #"{"title":"Eerst"}"#)
        }
        try replica.retryRefused()
        allow("project.started")
        _ = try await agenda.sync(replica)
        #expect(try replica.status().refused == 0 && replica.pending().isEmpty)
        try replica.record(type: "theme.opened", data: #"{"title":"Zorg"}"#)
        #expect(try replica.undo(replica.undoable()).refusedAgain.isEmpty)
        #expect(try replica.refused().isEmpty)
    }
}
