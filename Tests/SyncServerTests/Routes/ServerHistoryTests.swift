import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import HTTPTypes
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("History over HTTP")
struct ServerHistoryTests {
    private struct Change: Decodable, Equatable {
        struct Other: Decodable, Equatable {
            var memberName: String?
            var position: Int
            var value: String?
        }
        var path: String
        var before: String?
        var after: String?
        var written: String?
        var conflict: String?
        var others: [Other]?
    }

    private struct History: Decodable {
        struct Event: Decodable, Equatable {
            var position: Int
            var id: String
            var source: String
            var type: String
            var memberName: String?
            var deviceName: String?
            var unseenOfSubject: Int
            var changes: [Change]
            var text: String
        }
        var subject: String
        var size: Int
        var events: [Event]
        var next: Int?
    }

    private struct Differences: Decodable {
        struct Item: Decodable {
            var subject: String
            var created: Bool
            var changes: [Change]
            var text: String
        }
        var from: Int
        var to: Int
        var subjects: [Item]
        var next: String?
    }

    private struct Blame: Decodable {
        struct Field: Decodable {
            struct Write: Decodable {
                var memberName: String?
                var position: Int
                var type: String
                var value: String?
            }
            var path: String
            var conflict: Bool
            var writes: [Write]
        }
        var size: Int
        var fields: [Field]
    }

    /// Runs the test with an organisation, at position 2, whose name two devices changed without having seen each other's
    /// change; the second is at position 6.
    private func run(_ test: @Sendable (TestServer, TestDevice, _ subject: String) async throws -> Void) async throws {
        try await TestServer.run { server, admin in
            try await server.fill(1, by: admin)
            let other = try await server.enrol(code: server.invite(.editor), as: "laptop 2")
            let name = "organisation/\(admin.id)-1"
            let mine = admin.event(2, "organisation.revised", name, #"{"name":"Een"}"#, basis: 5)
            let theirs = other.event(1, "organisation.revised", name, #"{"name":"Twee"}"#, basis: 5)
            _ = try await server.push([mine], by: admin).decode(PushAnswer.self)
            _ = try await server.push([theirs], by: other).decode(PushAnswer.self)
            try await test(server, admin, name)
        }
    }

    @Test("A history has each event with what it changed, by whom, and what was not known")
    func history() async throws {
        try await run { server, admin, name in
            let history = try await server.get("/subjects/\(name)/history", by: admin).decode(History.self)
            #expect(history.subject == name && history.size == 7 && history.next == nil)
            #expect(history.events.map(\.position) == [2, 5, 6])
            #expect(history.events.map(\.unseenOfSubject) == [0, 0, 1])
            #expect(history.events.map(\.deviceName) == ["laptop", "laptop", "laptop 2"])
            #expect(history.events.allSatisfy { $0.memberName == "Testpersoon" })
            #expect(history.events[0].changes.map(\.before) == [nil, nil])
            let first = history.events[1].changes
            #expect(first == [Change(path: "/name", before: "Organisatie 1", after: "Een", written: "Een")])
            let second = try #require(history.events[2].changes.first)
            #expect(second.conflict == "opened" && second.written == "Twee")
            #expect(second.others == [Change.Other(memberName: "Testpersoon", position: 5, value: "Een")])
        }
    }

    @Test("Histories are read page by page, and end where the log ends")
    func pages() async throws {
        try await run { server, admin, name in
            let lines = (3...40).map {
                admin.event($0, "organisation.revised", name, #"{"website":"\#($0)"}"#, basis: 7)
            }
            _ = try await server.push(lines, by: admin).decode(PushAnswer.self)
            let all = try await server.get("/subjects/\(name)/history?limit=1000", by: admin).decode(History.self)
            #expect(all.events.count == 41 && all.next == nil)
            var found: [History.Event] = []
            var after: Int? = 0
            while let from = after {
                let path = "/subjects/\(name)/history?after=\(from)&limit=7"
                let page = try await server.get(path, by: admin).decode(History.self)
                #expect(page.events.count == 7 || page.next == nil)
                found += page.events
                after = page.next
            }
            #expect(found == all.events)
            let end = try await server.get("/subjects/\(name)/history?after=45", by: admin).decode(History.self)
            #expect(end.events.isEmpty && end.next == nil)
            let beyond = try await server.get("/subjects/\(name)/history?after=46", by: admin)
            #expect(try beyond.expectProblem(.aheadOfLog).size == 45)
            for bad in ["after=x", "after=-1", "limit=0", "limit=1001"] {
                try await server.get("/subjects/\(name)/history?\(bad)", by: admin).expectProblem(.invalidRange)
            }
            try await server.get("/subjects/\(name)/history?at=3", by: admin).expectProblem(.badRequest)
            try await server.get("/subjects/organisation/none/history", by: admin).expectProblem(.notFound)
        }
    }

    @Test("Words are in the language that the client likes best")
    func languages() async throws {
        try await run { server, admin, name in
            for (accepted, language, text) in [
                ("nl-NL, en;q=0.5", "nl", "conflict ontstaan over naam"), ("en", "en", "conflict opened on name"),
                ("fr", "en", "conflict opened on name"),
            ] {
                let response = try await server.get(
                    "/subjects/\(name)/history",
                    by: admin,
                    [.acceptLanguage: accepted]
                )
                #expect(response.headers[.contentLanguage] == language)
                #expect(response.headers[.vary]?.contains("Accept-Language") == true)
                #expect(try response.decode(History.self).events[2].text.contains(text))
            }
            let dutch = try await server.get("/diff?from=5", by: admin, [.acceptLanguage: "nl"])
            #expect(dutch.headers[.contentLanguage] == "nl")
            #expect(try dutch.decode(Differences.self).subjects[0].text.contains("naam: Organisatie 1 → "))
        }
    }

    @Test("Blame has the events whose values stand, now and at an earlier size")
    func blame() async throws {
        try await run { server, admin, name in
            let now = try await server.get("/subjects/\(name)/blame", by: admin).decode(Blame.self)
            #expect(now.size == 7)
            #expect(now.fields.map(\.path) == ["/name", "/sort"])
            #expect(now.fields.map(\.conflict) == [true, false])
            #expect(Set(now.fields[0].writes.map(\.value)) == ["Een", "Twee"])
            #expect(now.fields[1].writes.map(\.type) == ["organisation.registered"])
            let then = try await server.get("/subjects/\(name)/blame?at=3", by: admin).decode(Blame.self)
            #expect(then.size == 3)
            #expect(then.fields.map { $0.writes.map(\.position) } == [[2], [2]])
            #expect(then.fields[0].writes[0].memberName == "Testpersoon")
            try await server.get("/subjects/\(name)/blame?at=2", by: admin).expectProblem(.notFound)
            try await server.get("/subjects/organisation/none/blame", by: admin).expectProblem(.notFound)
            try await server.get("/subjects/\(name)/blame?at=8", by: admin).expectProblem(.aheadOfLog)
        }
    }

    @Test("A subject can be read as it was")
    func earlierSubject() async throws {
        struct Answer: Decodable {
            var size: Int
            var document: [String: String]
        }
        try await run { server, admin, name in
            let then = try await server.get("/subjects/\(name)?at=6", by: admin).decode(Answer.self)
            #expect(then.size == 6 && then.document["name"] == "Een")
            let now = try await server.get("/subjects/\(name)?at=7", by: admin).decode(Answer.self)
            #expect(now.size == 7)
            try await server.get("/subjects/\(name)?at=2", by: admin).expectProblem(.notFound)
            try await server.get("/subjects/\(name)?at=never", by: admin).expectProblem(.invalidRange)
        }
    }

    @Test("A difference has what changed between two sizes, moments and dates, page by page")
    func diff() async throws {
        try await run { server, admin, name in
            try await server.fill(25, by: admin, from: 10)
            let all = try await server.get("/diff?from=5&limit=1000", by: admin).decode(Differences.self)
            #expect(all.from == 5 && all.to == 32 && all.next == nil)
            #expect(all.subjects.count == 26)
            let changed = try #require(all.subjects.first { $0.subject == name })
            #expect(!changed.created && changed.changes.map(\.conflict) == ["opened"])
            #expect(changed.changes.map(\.before) == ["Organisatie 1"])
            #expect(all.subjects.filter(\.created).count == 25)
            var found: [String] = []
            var query = ""
            while true {
                let path = "/diff?from=5&to=32&kind=organisation&limit=10\(query)"
                let page = try await server.get(path, by: admin).decode(Differences.self)
                found += page.subjects.map(\.subject)
                guard let next = page.next else { break }
                #expect(page.subjects.count == 10)
                query = "&after=\(next)"
            }
            #expect(found == all.subjects.map(\.subject))
            let none = try await server.get("/diff?from=32", by: admin).decode(Differences.self)
            #expect(none.subjects.isEmpty && none.from == none.to)
            let everything = try await server.get("/diff?from=1999-12-31&to=9999-12-31", by: admin)
            #expect(try everything.decode(Differences.self).from == 0)
            #expect(
                try await server.get("/diff?from=5&kind=theme", by: admin).decode(Differences.self).subjects.isEmpty
            )
            try await server.get("/diff", by: admin).expectProblem(.badRequest)
            try await server.get("/diff?from=5&kind=castle", by: admin).expectProblem(.badRequest)
            try await server.get("/diff?from=6&to=5", by: admin).expectProblem(.invalidRange)
            try await server.get("/diff?from=ever", by: admin).expectProblem(.invalidRange)
            try await server.get("/diff?from=33", by: admin).expectProblem(.aheadOfLog)
            try await server.get("/diff?from=1&limit=0", by: admin).expectProblem(.invalidRange)
        }
    }

    @Test("What happened is for members, whatever the agenda is open to")
    func access() async throws {
        try await run { server, admin, name in
            let paths = ["/subjects/\(name)/history", "/subjects/\(name)/blame", "/diff?from=0"]
            for openness in [Openness.members, .public, .publicLog] {
                try #require(server.source.store("assen")).open(to: openness)
                for path in paths {
                    try await server.get(path, by: nil).expectProblem(.unauthenticated)
                    #expect(try await server.get(path, by: admin).status == .ok)
                }
            }
            let auditor = try await server.enrol(code: server.invite(.auditor))
            for path in paths { #expect(try await server.get(path, by: auditor).status == .ok) }
            for path in paths {
                try await server.send(.post, "/v1/agendas/assen\(path)", by: admin).expectProblem(.methodNotAllowed)
            }
        }
    }
}
