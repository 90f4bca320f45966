import AgendaModel
import EventLog
import EventLogTesting
import HTTPTypes
import HummingbirdTesting
import Logging
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Public agendas")
struct ServerPublicTests {
    private static let marker = "VERZONNEN-PERSOONSGEGEVEN"
    private static let openPaths = ["", "/state", "/progress"]
    private static let logPaths = ["/events", "/checkpoint", "/tile/0/000.p/1", "/tile/entries/000.p/2"]
    private static let closedPaths = [
        "/conflicts", "/rejections", "/invites", "/diff?from=0", "/subjects/agenda/assen/history",
        "/subjects/agenda/assen/blame",
    ]
    private let clock = ServerClock()

    /// Runs the test with an agenda that has the marker in everything that is personal, with conflicts on it.
    private func run(
        _ openness: Openness,
        _ test: @Sendable (TestServer, TestDevice) async throws -> Void
    ) async throws {
        var options = ServerOptions()
        options.rates = Rates([:])
        try await TestServer.run(options: options, environment: clock.environment) { server, admin in
            try await fill(server, admin)
            try #require(server.source.store("assen")).open(to: openness)
            clock.advance(seconds: 2)
            try await test(server, admin)
        }
    }

    private func fill(_ server: TestServer, _ admin: TestDevice) async throws {
        let request = EnrolmentRequest(
            invite: try server.invite(.editor),
            member: "\(Self.marker)-naam",
            device: "\(Self.marker)-laptop",
            key: nil
        )
        let body = try ProtocolJSON.encode(request)
        let enrolled = try await server.send(.post, "/v1/agendas/assen/devices", body: body)
        let editor = TestDevice(answer: try enrolled.decode(EnrolmentAnswer.self))
        func push(_ device: TestDevice, _ lines: [String]) async throws {
            let answer = try await server.push(lines, by: device).decode(PushAnswer.self)
            #expect(answer.rejected.isEmpty, "\(answer.rejected.first?.problem.detail ?? "")")
        }
        func note(
            _ counter: Int,
            about subject: String,
            type: String = "added",
            by device: TestDevice,
            of id: String? = nil
        )
            -> String
        {
            let data = type == "added" ? #""about":"\#(subject)","# : ""
            let line = device.event(
                counter,
                "note.\(type)",
                id ?? "note/\(device.id)-\(counter)",
                #"{\#(data)"text":"\#(Self.marker)-\#(counter)-\#(device.id)"}"#
            )
            return line.dropLast() + #","salt":"AAAAAAAAAAAAAAAAAAAAAA"}"#
        }
        let project = "project/\(editor.id)-1"
        try await push(
            editor,
            [
                editor.event(1, "project.started", project, #"{"title":"Zonneveld"}"#),
                note(2, about: project, by: editor),
                note(3, about: editor.answer.member, by: editor),
                note(4, about: admin.answer.device, by: editor),
                editor.event(5, "theme.opened", "theme/\(editor.id)-5", #"{"title":"Groen"}"#),
                editor.event(
                    6,
                    "indicator.defined",
                    "indicator/\(editor.id)-6",
                    #"{"name":"Banen","unit":"banen","aggregation":"sum"}"#
                ),
                editor.event(
                    7,
                    "ambition.proposed",
                    "ambition/\(editor.id)-7",
                    #"{"theme":"theme/\#(editor.id)-5","title":"Werk","targets":{"indicator/\#(editor.id)-6":{"quantity":5}}}"#
                ),
                editor.event(
                    8,
                    "measurement.recorded",
                    "measurement/\(editor.id)-8",
                    #"{"ambition":"ambition/\#(editor.id)-7","indicator":"indicator/\#(editor.id)-6","value":3,"on":"2026-01-01"}"#
                ),
            ]
        )
        // Concurrent writes: registers with several heads, personal ones too.
        try await push(
            admin,
            [
                admin.event(1, "project.revised", project, #"{"title":"Zonnepark"}"#),
                note(2, about: project, type: "revised", by: admin, of: "note/\(editor.id)-2"),
                admin.event(3, "agenda.founded", "agenda/assen", #"{"title":"Asser Ambitie Agenda"}"#),
            ]
        )
    }

    @Test("Whoever is told of an open agenda gets it, though the server was asked a moment before it was opened")
    func openedAMomentAgo() async throws {
        let paths =
            (Self.openPaths + Self.logPaths).map { "/v1/agendas/assen\($0)" } + [
                "/agendas/assen", "/agendas/assen/all/project",
            ]
        for path in paths {
            try await run(.members) { server, _ in
                let refused = try await server.send(.get, path)
                #expect([401, 404].contains(refused.status.code), "\(path)")
                try #require(server.source.store("assen")).open(to: .publicLog)
                let answer = try await server.send(.get, path)
                #expect(answer.status == .ok, "\(path)")
            }
        }
    }

    /// Every answer that somebody without a token can ask for, with its headers, and its address.
    private func everyAnswer(_ server: TestServer, by device: TestDevice?) async throws -> [(
        path: String, text: String
    )] {
        let size = try #require(server.source.store("assen")).head().size.rawValue
        var paths = ["/v1/agendas"] + Self.openPaths.map { "/v1/agendas/assen\($0)" }
        paths += Catalogue.current.kinds.map { "/v1/agendas/assen/state?kind=\($0.name)" }
        paths += (0...size).map { "/v1/agendas/assen/state?at=\($0)&limit=1" }
        paths += ["?limit=1", "?limit=2&after=member/", "?at=2026-01-01", "?at=2030-01-01T00:00:00Z"].map {
            "/v1/agendas/assen/state\($0)"
        }
        let admin = try await server.get("/state?limit=10000", by: device)
        struct Page: Decodable {
            struct Item: Decodable { var subject: String }
            var documents: [Item]
        }
        paths += try admin.decode(Page.self).documents.map { "/v1/agendas/assen/subjects/\($0.subject)" }
        paths += server.subjects.map { "/v1/agendas/assen/subjects/\($0)" }
        paths += paths.filter { $0.contains("/subjects/") }.flatMap { path in
            (0...size).filter { $0 % 3 == 0 }.map { "\(path)?at=\($0)" }
        }
        var answers: [(String, String)] = []
        for path in paths {
            let response = try await server.send(.get, path, by: device)
            #expect([200, 404].contains(response.status.code), "\(path)")
            answers.append((path, "\(response.headers)\n\(response.text)"))
        }
        return answers
    }

    @Test("Nobody gets anything of an agenda that is for its members")
    func members() async throws {
        try await run(.members) { server, _ in
            for path in Self.openPaths + Self.logPaths + Self.closedPaths {
                try await server.get(path, by: nil).expectProblem(.unauthenticated)
            }
            #expect(try await server.send(.get, "/v1/agendas").decode(AgendaList.self).agendas.isEmpty)
        }
    }

    @Test("A token for what is public gets no more of an agenda for its members, nor does a device that goes on as its")
    func tokenForWhatIsPublic() async throws {
        try await run(.members) { server, admin in
            let limited = try await server.enrolJob(reads: "public")
            let further = try await server.send(
                .post,
                "/v1/agendas/assen/devices",
                by: limited,
                body: Array(#"{"device":"vervolg"}"#.utf8)
            )
            for device in [limited, TestDevice(answer: try further.decode(EnrolmentAnswer.self))] {
                let answers = try await everyAnswer(server, by: device)
                for (path, text) in answers {
                    for secret in [Self.marker, "member/", "device/", "Testpersoon", "digest"] {
                        #expect(!text.contains(secret), "\(path) holds \(secret)")
                    }
                }
                #expect(answers.contains { $0.text.contains("Zonneveld") && $0.text.contains("Zonnepark") })
                for path in Self.logPaths + Self.closedPaths + [
                    "/snapshots/latest/log.ndjson", "/snapshots/3/state.json",
                ] {
                    try await server.get(path, by: device).expectProblem(.notAllowed)
                }
                try await server.push([String](), by: device).expectProblem(.notAllowed)
                let changes = try await server.get("/changes?since=0", by: device)
                #expect(
                    changes.status == .ok && !changes.text.contains(Self.marker) && !changes.text.contains("digest")
                )
                let file = try await server.get("/snapshots/5/public/state.json", by: device)
                #expect(file.status == .ok && !file.text.contains(Self.marker))
                #expect(try await server.send(.post, "/v1/agendas/assen/token", by: device).status == .created)
            }
            // An agenda whose log is public has nothing to hide from it.
            try #require(server.source.store("assen")).open(to: .publicLog)
            clock.advance(seconds: 2)
            for path in Self.logPaths { #expect(try await server.get(path, by: limited).status == .ok, "\(path)") }
            #expect(try await server.get("/snapshots/latest/log.ndjson", by: admin).status == .found)
        }
    }

    @Test("A token works through its last day, in UTC, and so does a device that goes on as its")
    func lastDay() async throws {
        try await run(.members) { server, admin in
            // The clock begins at 2027-01-15T08:00:00Z.
            let job = try await server.enrolJob(expires: "2027-01-16")
            let body = Array(#"{"device":"vervolg"}"#.utf8)
            let further = TestDevice(
                answer: try await server.send(.post, "/v1/agendas/assen/devices", by: job, body: body)
                    .decode(EnrolmentAnswer.self)
            )
            #expect(try await server.get("/subjects/\(further.answer.device)", by: admin).text.contains("2027-01-16"))
            clock.advance(seconds: 39 * 3600 + 3590)
            for device in [job, further] { #expect(try await server.get("/state", by: device).status == .ok) }
            clock.advance(seconds: 20)
            for device in [job, further] {
                for path in ["/state", "/events", "/events?after=0&wait=1", "/snapshots/latest/state.json"] {
                    try await server.get(path, by: device).expectProblem(.deviceRevoked)
                }
                try await server.send(.post, "/v1/agendas/assen/devices", by: device, body: body)
                    .expectProblem(.deviceRevoked)
            }
            #expect(try await server.get("/state", by: admin).status == .ok)
        }
    }

    @Test("Limits are a day that exists and a word that is known, and go with an invite")
    func wrongLimits() async throws {
        try await run(.members) { server, admin in
            let code = try server.invite(.auditor)
            func enrol(_ limits: String, by device: TestDevice? = nil) async throws -> TestResponse {
                let invite = device == nil ? #""invite":"\#(code)","member":"taak","# : ""
                let body = Array(#"{\#(invite)"device":"taak",\#(limits)}"#.utf8)
                return try await server.send(.post, "/v1/agendas/assen/devices", by: device, body: body)
            }
            for wrong in [#""expires":"2027-02-30""#, #""expires":"morgen""#, #""expires":7"#, #""reads":"log""#] {
                try await enrol(wrong).expectProblem(.badRequest)
            }
            for limits in [#""expires":"2027-02-20""#, #""reads":"public""#] {
                try await enrol(limits, by: admin).expectProblem(.badRequest)
            }
            #expect(try await enrol(#""expires":null,"reads":null"#).status == .created)
        }
    }

    @Test("Without a token nothing personal is to be had of a public agenda, wherever one looks")
    func personal() async throws {
        // What the markers above must cover; `device` is hidden as a whole.
        let personal = Catalogue.current.kinds.flatMap { kind in
            kind.fields.filter(\.isPersonal).map { "\(kind.name).\($0.name)" }
        }
        #expect(personal == ["note.text", "member.name"])
        try await run(.public) { server, admin in
            let answers = try await everyAnswer(server, by: nil)
            for (path, text) in answers {
                for secret in [Self.marker, "member/", "device/", "Testpersoon", "digest"] {
                    #expect(!text.contains(secret), "\(path) holds \(secret)")
                }
            }
            #expect(answers.contains { $0.text.contains("Zonneveld") && $0.text.contains("Zonnepark") })
            #expect(answers.contains { $0.text.contains(#""value":3"#) })
            // The search finds what there is to find.
            let found = try await everyAnswer(server, by: admin).map(\.text)
            for secret in [
                Self.marker + "-naam", Self.marker + "-laptop", Self.marker + "-2", "member/", "device/", "digest",
            ] {
                #expect(found.contains { $0.contains(secret) }, "\(secret)")
            }
        }
    }

    @Test("A public agenda is listed, described and kept briefly by caches, and a bad token is still a bad token")
    func open() async throws {
        try await run(.public) { server, admin in
            let list = try await server.send(.get, "/v1/agendas").decode(AgendaList.self)
            #expect(list.agendas.map(\.title) == ["Asser Ambitie Agenda"])
            for path in Self.openPaths {
                let response = try await server.get(path, by: nil)
                #expect(response.status == .ok)
                #expect(response.headers[.cacheControl] == "public, max-age=10")
                #expect(response.headers[.vary]?.contains("Authorization") == true)
                let own = try await server.get(path, by: admin)
                #expect(own.headers[.cacheControl] == "no-cache")
                #expect(own.headers[.vary]?.contains("Authorization") == true)
                try await server.get(path, by: nil, [.authorization: "Bearer unknown"]).expectProblem(.unauthenticated)
            }
            for path in Self.logPaths + Self.closedPaths {
                try await server.get(path, by: nil).expectProblem(.unauthenticated)
            }
            try await server.push([admin.organisation(9)], by: nil).expectProblem(.unauthenticated)
            try await server.get("/subjects/\(admin.answer.member)", by: nil).expectProblem(.notFound)
            #expect(try await server.get("/subjects/\(admin.answer.member)", by: admin).status == .ok)
        }
    }

    @Test("A public log is the log")
    func log() async throws {
        try await run(.publicLog) { server, admin in
            let open = try await server.get("/events", by: nil)
            #expect(open.headers[.cacheControl] == "public, max-age=10")
            #expect(try await open.bytes == server.get("/events", by: admin).bytes)
            #expect(open.text.contains(Self.marker))
            #expect(try await server.get("/checkpoint", by: nil).bytes == server.get("/checkpoint", by: admin).bytes)
            #expect(try await server.get("/checkpoint", by: nil).headers[.cacheControl] == "public, max-age=10")
            let state = try await server.get("/state", by: nil).text
            #expect(!state.contains(Self.marker), "what is folded stays as it is for everybody")
            for path in Self.closedPaths { try await server.get(path, by: nil).expectProblem(.unauthenticated) }
        }
    }

    @Test("A running server notices that an agenda has been opened or closed, and so can those who read on")
    func changes() async throws {
        try await run(.members) { server, _ in
            let store = try #require(server.source.store("assen"))
            for (openness, isOpen) in [
                (Openness.public, true), (.members, false), (.publicLog, true), (.members, false),
            ] {
                try store.open(to: openness)
                clock.advance(seconds: 2)
                #expect(try await server.get("/state", by: nil).status == (isOpen ? .ok : .unauthorized))
            }
        }
    }

    @Test("Whether a reader is still good follows tokens, devices, members and openness")
    func stillGood() async throws {
        let source = try MemorySource()
        let store = try source.add("assen")
        let opened = try #require(try source.open("assen"))
        let agenda = try HostedAgenda(
            "assen",
            opened,
            options: ServerOptions(),
            environment: clock.environment,
            heavyWork: HeavyWork(),
            counters: Counters(),
            logger: Logger(label: "test")
        )
        func enrol(_ role: Role) async throws -> (enrolled: Enrolled, reader: Reader) {
            let code = InviteCode.make(random: clock.environment.random)
            let expires = Timestamp(millisecondsSince1970: 1_900_000_000_000)
            try store.add(Invite(hash: InviteCode.hash(code), role: role, member: nil, expires: expires))
            let enrolled = try await agenda.sequencer.enrol(
                Enrolment(invite: code, memberName: "Testpersoon", deviceName: "laptop", key: nil)
            )
            let token = Hash.sha256(Array(enrolled.token.utf8))
            return (
                enrolled,
                .device(
                    Caller(agenda: "assen", device: enrolled.device, member: enrolled.member, role: role, token: token)
                )
            )
        }
        func isGood(_ reader: Reader) -> Bool { reader.mayStillRead(.log, agenda.sequencer.access) }
        _ = try await enrol(.admin)
        let renewed = try await enrol(.recorder)
        let left = try await enrol(.recorder)
        let revoked = try await enrol(.recorder)
        #expect([renewed, left, revoked].allSatisfy { isGood($0.reader) } && !isGood(.anybody(from: "192.0.2.1")))
        let version = agenda.sequencer.access.version

        guard case .device(let caller) = renewed.reader else { return }
        let token = try await agenda.sequencer.renewToken(caller.token)
        #expect(isGood(renewed.reader))
        try await agenda.sequencer.endTokens(except: Hash.sha256(Array(token.utf8)))
        #expect(!isGood(renewed.reader))
        _ = try await agenda.sequencer.record(
            type: "member.left",
            subject: left.enrolled.member.rawValue,
            data: #"{"active":false}"#
        )
        #expect(!isGood(left.reader))
        _ = try await agenda.sequencer.record(
            type: "device.revoked",
            subject: revoked.enrolled.device.rawValue,
            data: #"{"revoked":true}"#
        )
        #expect(!isGood(revoked.reader))
        try store.open(to: .publicLog)
        await agenda.sequencer.refresh(isUrgent: true)
        #expect(isGood(.anybody(from: "192.0.2.1")) && agenda.sequencer.access.version > version)
        try await agenda.close()
    }
}

extension TestServer {
    /// Every subject that there is, whoever may see it.
    fileprivate var subjects: [String] {
        guard let access = try? source.store("assen")?.access() else { return [] }
        return access.members.keys.map(\.rawValue).sorted() + access.devices.keys.map(\.rawValue).sorted()
    }
}
