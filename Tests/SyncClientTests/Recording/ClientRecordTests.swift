import AgendaModel
import Foundation
import SyncClient
import SyncTesting
import Testing

struct ClientRecordTests {
    let agenda: TestAgenda
    let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    @Test("An event's line has its attributes in a fixed order and no white space")
    func line() throws {
        let event = try replica.record(
            type: "theme.opened",
            data: #" { "title" : "Groene\u0020stad \u00e9" , "order":1, "status":"open" } "#
        )
        #expect(
            event.line == #"{"specversion":"1.0","id":"1","source":"device/laptop1","type":"theme.opened","#
                + #""subject":"theme/laptop1-1","time":"2027-01-15T08:00:04.000Z","basis":3,"#
                + #""data":{"title":"Groene stad é","order":1,"status":"open"}}"#
        )
    }

    @Test("An event says what its author had seen, and no more than is here", arguments: [(1, 1), (3, 3), (99, 3)])
    func basis(seen: Int, expected: Int) throws {
        let theme: JSONValue = ["title": "A", "order": 1, "status": "open"]
        let event = try replica.record(type: "theme.opened", subject: nil, data: theme, seeing: LogSize(seen))
        #expect(event.line.contains(#","basis":\#(expected),"#))
    }

    @Test("A whole title is meant before a part of another one, however long both are")
    func wholeTitle() throws {
        let long = String(repeating: "Verzonnen plan ", count: 12) + "noord"
        for title in ["Fase 10", "Fase 1", long + " tweede deel", long] {
            try replica.record(type: "theme.opened", data: #"{"title":"\#(title)","order":1,"status":"open"}"#)
        }
        for title in ["Fase 1", "fase 10", long, long + " tweede deel"] {
            let subject = try replica.subject(meaning: title)
            let document = try #require(try replica.document(of: subject)).document
            #expect(document.lowercased().contains("\"title\":\"\(title.lowercased())\""), "\(title)")
        }
    }

    @Test("What the subject could not hold is told when it is recorded, with what waits to be sent")
    func heavySubject() async throws {
        let project = try replica.record(type: "project.started", data: #"{"title":"Warmtenet"}"#).subject
        let text = String(repeating: "a", count: 50_000)
        func join(_ number: Int) throws {
            let partner = try replica.record(type: "organisation.registered", data: #"{"name":"Verzonnen"}"#).subject
            let data = #"{"partners":{"\#(partner)":"\#(text)"}}"#
            try replica.record(type: "project.partner-joined", subject: project, data: data)
        }
        for number in 1...10 { try join(number) }
        _ = try await agenda.sync(replica)
        for number in 11...15 { try join(number) }
        let error = #expect(throws: ReplicaError.self) { try join(16) }
        #expect(error?.code == .invalidEvent && error?.problem == "too-large")
        // What adds nothing goes on.
        try replica.record(type: "project.revised", subject: project, data: #"{"title":"Warmte"}"#)
    }

    @Test("An event with personal fields carries a salt")
    func salt() throws {
        let note = try replica.record(type: "note.added", data: #"{"about":"agenda/assen","text":"Gebeld"}"#)
        #expect(note.line.contains(/,"salt":"[A-Za-z0-9_-]{22}","data":/))
    }

    @Test(
        "What cannot be accepted is not recorded, and the error says what is wrong",
        arguments: [
            ("theme.opend", nil, #"{}"#, ReplicaError.Code.invalidEvent, "theme.opened"),
            ("theme.opened", nil, #"{"order":1}"#, .invalidEvent, "title"),
            ("theme.opened", nil, #"{"title":"A","colour":"green"}"#, .invalidEvent, "colour"),
            ("theme.opened", nil, #"{"title":"A","status":"half-open"}"#, .invalidEvent, "open"),
            ("theme.opened", nil, #"{"title":"A","order":"one"}"#, .invalidEvent, "order"),
            ("theme.opened", nil, #"{"title":"A","title":"B"}"#, .invalidEvent, "twice"),
            ("theme.opened", nil, #"{"title":"A""#, .invalidEvent, "byte 12"),
            ("theme.opened", nil, #"["title"]"#, .invalidEvent, "data"),
            ("theme.opened", "theme/laptop1-9", #"{"title":"A"}"#, .invalidEvent, "subject"),
            ("theme.revised", nil, #"{"title":"A"}"#, .invalidEvent, "subject"),
            ("theme.revised", "theme/laptop1-9", #"{"title":"A"}"#, .unknownSubject, "theme/laptop1-9"),
            ("ambition.proposed", nil, #"{"theme":"theme/laptop1-9","title":"A"}"#, .invalidEvent, "theme/laptop1-9"),
        ] as [(String, String?, String, ReplicaError.Code, String)]
    )
    func refused(type: String, subject: String?, data: String, code: ReplicaError.Code, hint: String) throws {
        let error = #expect(throws: ReplicaError.self) {
            try replica.record(type: type, subject: subject, data: data)
        }
        #expect(error?.code == code)
        #expect(error?.description.contains(hint) == true, "\(String(describing: error))")
        #expect(try replica.status().pending == 0)
        #expect(try replica.record(type: "theme.opened", data: #"{"title":"A","order":1,"status":"open"}"#).id == 1)
    }

    @Test("A role that does not allow it is told so before anything is recorded")
    func role() async throws {
        let recorder = try await agenda.clone("meter", role: "recorder")
        let error = #expect(throws: ReplicaError.self) {
            try recorder.record(type: "theme.opened", data: #"{"title":"A","order":1,"status":"open"}"#)
        }
        #expect(error?.code == .notAllowed)
        #expect(error?.message.contains("editor") == true)
        try recorder.record(type: "project.started", data: #"{"title":"Meting"}"#)
    }

    @Test("An import with local names records everything, names standing for subjects")
    func importing() throws {
        let file = """
            {"type":"theme.opened","as":"groen","data":{"title":"Groene stad","order":1,"status":"open"}}
            {"type":"organisation.registered","as":"gemeente","data":{"name":"Gemeente Assen","sort":"municipality"}}

            {"type":"ambition.proposed","as":"wonen","data":{"theme":"$groen","title":"Nieuwe woningen"}}
            {"type":"indicator.defined","as":"w","data":{"name":"Woningen","unit":"woningen","aggregation":"sum"}}
            {"type":"ambition.targeted","subject":"$wonen","data":{"targets":{"$w":{"quantity":10000,"due":"2040-12-31"}}}}
            {"type":"project.started","as":"haven","time":"2026-01-02T03:04:05.000Z","data":{"title":"$5 miljoen","lead":"$gemeente","ambitions":{"$wonen":true}}}
            {"type":"agenda.revised","subject":"agenda/assen","data":{"region":"Drenthe"}}
            """
        let summary = try replica.importEvents(Array(file.utf8))
        #expect(summary.events == 7)
        #expect(summary.names.map(\.name) == ["groen", "gemeente", "wonen", "w", "haven"])
        #expect(summary.names.map(\.subject).last == "project/laptop1-6")
        let project = try replica.document(of: "project/laptop1-6")?.document
        #expect(
            project
                == #"{"ambitions":{"ambition/laptop1-3":true},"lead":"organisation/laptop1-2","title":"$5 miljoen"}"#
        )
        #expect(try replica.document(of: "ambition/laptop1-3")?.document.contains("indicator/laptop1-4") == true)
        #expect(try replica.pending().count == 7)
        #expect(try replica.pending()[5].line.contains("2026-01-02T03:04:05.000Z"))
    }

    @Test(
        "A line that cannot be recorded stops the whole import and is named",
        arguments: [
            #"{"type":"theme.opened","data":{"title":"B"#,
            #"{"type":"theme.opened"}"#,
            #"{"data":{"title":"B"}}"#,
            #"["theme.opened"]"#,
            #"{"type":"theme.opened","as":"Groen!","data":{"title":"B","order":2,"status":"open"}}"#,
            #"{"type":"theme.opened","as":"a","data":{"title":"B","order":2,"status":"open"}}"#,
            #"{"type":"theme.revised","subject":"$later","data":{"title":"B"}}"#,
            #"{"type":"theme.revised","as":"b","subject":"$a","data":{"title":"B"}}"#,
            #"{"type":"theme.revised","subject":"$a","data":{"titel":"B"}}"#,
            #"{"type":"theme.revised","subject":"$a","time":"2999-01-01T00:00:00.000Z","data":{"title":"B"}}"#,
            #"{"type":"theme.revised","subject":"$a","time":"yesterday","data":{"title":"B"}}"#,
            #"{"type":"theme.revised","subject":"$a","data":{"title":"B"},"note":"x"}"#,
            #"{"type":"ambition.proposed","data":{"theme":"$nobody","title":"C"}}"#,
        ]
    )
    func badImport(line: String) throws {
        let good = #"{"type":"theme.opened","as":"a","data":{"title":"A","order":1,"status":"open"}}"#
        let error = #expect(throws: ReplicaError.self) {
            try replica.importEvents(Array("\(good)\n\n\(line)\n".utf8))
        }
        #expect(error?.code == .invalidImport)
        #expect(error?.line == 3)
        #expect(error?.message.hasPrefix("line 3: ") == true)
        #expect(try replica.status().pending == 0)
        #expect(try replica.document(of: "theme/laptop1-1") == nil)
    }

    @Test("A file that is not UTF-8 is refused")
    func notText() throws {
        let error = #expect(throws: ReplicaError.self) { try replica.importEvents([0x7B, 0xFF, 0x7D]) }
        #expect(error?.line == 1)
    }

    @Test("A short subject that fits several kinds is not guessed")
    func ambiguous() throws {
        #expect(try replica.resolve("assen") == "agenda/assen")
        #expect(throws: ReplicaError.self) { try replica.resolve("emmen") }
    }

    @Test("A folder that is no replica, is not empty, or holds one already is said to be so")
    func folders() async throws {
        let folder = agenda.folder.file("leeg")
        #expect(throws: ReplicaError.self) { try Replica(opening: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let error = #expect(throws: ReplicaError.self) { try Replica(opening: folder) }
        #expect(error?.code == .notAReplica)
        #expect(error?.description.contains("not a replica folder") == true)
        #expect(error?.description.contains("ambit clone") == true)
        #expect(await failure { try await agenda.clone("laptop") }?.code == .folderNotEmpty)
        _ = FileManager.default.createFile(atPath: folder + "/iets", contents: nil)
        #expect(await failure { try await agenda.clone("leeg") }?.code == .folderNotEmpty)
    }

    @Test("What a clone leaves that was killed before it stored the server's answer is in nobody's way")
    func leftovers() async throws {
        let folder = agenda.folder.file("afgebroken")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["sync.lock", "device.key.17.new", "enrolment.json.18.new"] {
            _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil)
        }
        _ = try await agenda.clone("afgebroken")
    }

    @Test("A clone that is not let in leaves nothing")
    func badInvite() async throws {
        let error = await failure {
            try await Replica.clone(
                url: FakeServer.url,
                into: agenda.folder.file("nieuw"),
                invite: "wrong",
                memberName: "x",
                deviceName: "y",
                transport: agenda.server,
                environment: agenda.clock.environment
            )
        }
        #expect(error?.code == .invalidInvite)
        #expect(!FileManager.default.fileExists(atPath: agenda.folder.file("nieuw")))
    }

    @Test("An enrolled laptop whose set-up was interrupted is completed when it is opened")
    func interruptedSetUp() throws {
        // What is on the disk between the server's answer and the replica's files.
        let folder = agenda.folder.file("halfweg")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: replica.folder + "/device.key", toPath: folder + "/device.key")
        let answer = try """
        {"url":"\(FakeServer.url)","answer":{"device":"device/halfweg","token":"token-9","member":"member/server-1",\
        "role":"admin","origin":"\(replica.settings.origin)","verifierKey":"\(replica.settings.verifierKey)"}}
        """
        _ = FileManager.default.createFile(
            atPath: folder + "/enrolment.json",
            contents: Data(answer.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        _ = FileManager.default.createFile(atPath: folder + "/log.sqlite", contents: Data("half".utf8))
        let opened = try Replica(opening: folder)
        #expect(try opened.settings.device == "device/halfweg")
        #expect(try String(contentsOfFile: folder + "/token", encoding: .utf8) == "token-9\n")
        #expect(!FileManager.default.fileExists(atPath: folder + "/enrolment.json"))
        #expect(try Replica(opening: folder).settings == opened.settings)
        // The answer is there again, as after a power cut: what was recorded meanwhile stays.
        try opened.record(type: "theme.opened", data: #"{"title":"Zorg"}"#)
        _ = FileManager.default.createFile(
            atPath: folder + "/enrolment.json",
            contents: Data(answer.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        #expect(try Replica(opening: folder).pending().map(\.id) == [1])
        #expect(!FileManager.default.fileExists(atPath: folder + "/enrolment.json"))
    }

    @Test(
        "An address that is not one of an agenda is refused",
        arguments: [
            "ambit.test/agendas/assen", "ftp://ambit.test/agendas/assen", "https://ambit.test/", "https://",
            "https://u:p@ambit.test/agendas/assen", "https://ambit.test/agendas/As sen",
            "https://ambit.test/agendas/a?b",
        ]
    )
    func address(url: String) async throws {
        let error = await failure {
            try await Replica.clone(
                url: url,
                into: agenda.folder.file("nieuw"),
                invite: "invite-admin",
                memberName: "x",
                deviceName: "y"
            )
        }
        #expect(error?.code == .invalidAddress)
        #expect(!FileManager.default.fileExists(atPath: agenda.folder.file("nieuw")))
    }
}
