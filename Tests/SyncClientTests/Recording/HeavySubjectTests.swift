import AgendaModel
import GRDB
import HummingbirdTesting
import SyncClient
import SyncTesting
import Testing

@Suite("A subject that would hold too much, as far as a laptop knows")
struct HeavySubjectTests {
    /// So many partners with this text fit into a subject; not one more.
    private static let fitting = 15
    private static let text = String(repeating: "a", count: 50_000)

    let agenda: TestAgenda
    let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    /// A project, and more organisations than fit into it.
    private static func start(in replica: Replica) throws -> (project: String, partners: [String]) {
        let partners = try (0...fitting + 2).map { _ in
            try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#).subject
        }
        return (try replica.record(type: "project.started", data: #"{"title":"Warmtenet"}"#).subject, partners)
    }

    private static func join(_ partner: String, _ project: String, in replica: Replica) throws {
        let data = #"{"partners":{"\#(partner)":"\#(text)"}}"#
        try replica.record(type: "project.partner-joined", subject: project, data: data)
    }

    private static func revise(_ subject: String, _ data: String, in replica: Replica) throws {
        try replica.record(type: "project.revised", subject: subject, data: data)
    }

    /// Records that these take part, and expects to be told of the one after them.
    private static func fill(
        _ numbers: Range<Int>,
        of started: (project: String, partners: [String]),
        in replica: Replica
    ) throws {
        for number in numbers { try join(started.partners[number], started.project, in: replica) }
        let error = #expect(throws: ReplicaError.self) {
            try join(started.partners[numbers.upperBound], started.project, in: replica)
        }
        #expect(error?.code == .invalidEvent && error?.problem == "too-large")
    }

    @Test("One that was built up offline alone is told when it is recorded, not before; what makes it smaller is taken")
    func offlineAlone() throws {
        let started = try Self.start(in: replica)
        try Self.fill(0..<Self.fitting, of: started, in: replica)
        // What is no list has room all the same.
        try Self.revise(started.project, #"{"summary":"\#(Self.text)"}"#, in: replica)
        let left = #"{"partners":{"\#(started.partners[0])":null}}"#
        try replica.record(type: "project.partner-left", subject: started.project, data: left)
        try Self.fill(Self.fitting..<Self.fitting + 1, of: started, in: replica)
    }

    @Test("One that is near from what is confirmed and what waits together is told likewise", arguments: [1, 7, 14])
    func together(confirmed: Int) async throws {
        let started = try Self.start(in: replica)
        for number in 0..<confirmed { try Self.join(started.partners[number], started.project, in: replica) }
        _ = try await agenda.sync(replica)
        try Self.fill(confirmed..<Self.fitting, of: started, in: replica)
    }

    @Test("What replaces what was there goes on for ever, confirmed or not")
    func revisions() async throws {
        let started = try Self.start(in: replica)
        for round in 1...2 {
            for number in 1...25 {
                try Self.revise(started.project, #"{"summary":"\#(round) \#(number) \#(Self.text)"}"#, in: replica)
            }
            _ = try await agenda.sync(replica)
        }
    }

    /// Lines of an import by which organisations begin to take part.
    private func joining(_ partners: some Sequence<String>, _ project: String) -> [String] {
        partners.map { partner in
            #"{"type":"project.partner-joined","subject":"\#(project)","data":{"partners":{"\#(partner)":"\#(Self.text)"}}}"#
        }
    }

    private func record(_ lines: [String]) throws -> Int {
        try replica.importEvents(Array(lines.joined(separator: "\n").utf8)).events
    }

    private func expectTold(ofLast lines: [String]) {
        let error = #expect(throws: ReplicaError.self) { try record(lines) }
        #expect(error?.code == .invalidImport && error?.problem == "too-large")
        #expect(error?.line == lines.count)
    }

    @Test("A file that builds one up alone is told of with the line, and recorded without it")
    func imported() throws {
        let numbers = 0...Self.fitting
        var lines = [#"{"type":"project.started","as":"p","data":{"title":"Warmtenet"}}"#]
        lines += numbers.map { #"{"type":"organisation.registered","as":"o\#($0)","data":{"name":"Verzonnen"}}"# }
        lines += joining(numbers.map { "$o\($0)" }, "$p")
        expectTold(ofLast: lines)
        #expect(try record(Array(lines.dropLast())) == lines.count - 1)
        // What waits counts for the next file too.
        expectTold(ofLast: joining(["organisation/laptop1-\(Self.fitting + 2)"], "project/laptop1-1"))
    }

    @Test("So is one that adds to what waits to be sent, also when it is about many subjects")
    func importedBeside() throws {
        let started = try Self.start(in: replica)
        for number in 0..<5 { try Self.join(started.partners[number], started.project, in: replica) }
        var lines = started.partners.map { partner in
            #"{"type":"organisation.revised","subject":"\#(partner)","data":{"name":"Anders"}}"#
        }
        lines += joining(started.partners[5...Self.fitting], started.project)
        expectTold(ofLast: lines)
        #expect(try record(Array(lines.dropLast())) == lines.count - 1)
    }

    /// The file of the replica's read models, as another program has it open.
    private func states() throws -> DatabaseQueue { try DatabaseQueue(path: replica.folder + "/state.sqlite") }

    private func damage(_ subject: String) throws {
        try states().write { db in
            try db.execute(sql: "UPDATE subjects SET registers = x'00' WHERE subject = ?", arguments: [subject])
        }
    }

    private func isDamaged(_ subject: String) throws -> Bool? {
        try states().read { db in
            let sql = "SELECT registers = x'00' FROM subjects WHERE subject = ?"
            return try Bool.fetchOne(db, sql: sql, arguments: [subject])
        }
    }

    @Test("One that holds little is not read when something is recorded about it")
    func notRead() async throws {
        let started = try Self.start(in: replica)
        _ = try await agenda.sync(replica)
        try damage(started.project)
        try Self.join(started.partners[0], started.project, in: replica)
        try Self.revise(started.project, #"{"title":"Warmte"}"#, in: replica)
        #expect(try isDamaged(started.project) == true)
        // Whoever reads it has the file made anew.
        #expect(try replica.document(of: started.project)?.document.contains(#""title":"Warmte""#) == true)
        #expect(try isDamaged(started.project) == false)
    }

    @Test("What a laptop lets through a server takes, and what it tells of the server would refuse")
    func server() async throws {
        try await TestServer.run { [folder = agenda.folder] server, _ in
            let transport = RouterTransport(server.client)
            var replicas: [Replica] = []
            for name in ["een", "twee"] {
                let clone = try await Replica.clone(
                    url: "http://localhost/agendas/assen",
                    into: folder.file(name),
                    invite: try server.invite(.admin),
                    memberName: "Testpersoon",
                    deviceName: name,
                    transport: transport
                )
                replicas.append(clone.replica)
            }
            let (one, two) = (replicas[0], replicas[1])
            let started = try Self.start(in: one)
            for number in 0..<5 { try Self.join(started.partners[number], started.project, in: one) }
            for replica in replicas { _ = try await replica.sync(over: transport).finish() }
            try Self.fill(5..<Self.fitting, of: started, in: one)
            try Self.revise(started.project, #"{"summary":"\#(Self.text)"}"#, in: one)
            let summary = try await one.sync(over: transport).finish()
            #expect(summary.accepted == Self.fitting - 5 + 1 && summary.refused == 0)
            // The other one does not know of those.
            try Self.join(started.partners[Self.fitting], started.project, in: two)
            #expect(try await two.sync(over: transport).finish().refused == 1)
            #expect(try two.refused().map(\.problem) == ["too-large"])
        }
    }
}
