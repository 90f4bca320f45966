import AgendaModel
import Deflate
import EventLog
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite
struct ServerReadTests {
    private struct Page: Decodable {
        struct Item: Decodable {
            var subject: String
            var document: [String: String]
        }
        var size: Int
        var digest: String?
        var documents: [Item]
        var next: String?
    }

    @Test("An agenda says what a client has to know")
    func description() async throws {
        try await TestServer.run { server, admin in
            let unfounded = try await server.get("", by: admin).decode(AgendaDescription.self)
            #expect(unfounded.title == "assen")
            let event = admin.event(1, "agenda.founded", "agenda/assen", #"{"title":"Asser Ambitie Agenda"}"#)
            let pushed = try await server.push([event], by: admin).decode(PushAnswer.self)
            #expect(pushed.rejected.isEmpty, "\(pushed.rejected)")
            let description = try await server.get("", by: admin).decode(AgendaDescription.self)
            #expect(description.name == "assen")
            #expect(description.title == "Asser Ambitie Agenda")
            #expect(description.origin == "test.example/agendas/assen")
            #expect(description.size == 3)
            #expect(description.protocolVersions == [1])
            #expect(description.limits == .standard)
        }
    }

    @Test("A reader sees everything that was acknowledged before it asked")
    func freshness() async throws {
        try await TestServer.run { server, admin in
            for counter in 1...20 {
                try await server.fill(1, by: admin, from: counter)
                let page = try await server.get("/state?kind=organisation", by: admin).decode(Page.self)
                #expect(page.documents.count == counter)
                #expect(page.size == counter + 2)
            }
        }
    }

    @Test("A state can be read page by page, in order and without repetition")
    func paging() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(25, by: admin)
            let all = try await server.get("/state?kind=organisation", by: admin).decode(Page.self)
            #expect(all.documents.count == 25)
            #expect(all.next == nil)
            #expect(all.documents.map(\.subject) == all.documents.map(\.subject).sorted())
            var collected: [String] = []
            var after: String?
            repeat {
                let query = after.map { "&after=\($0)" } ?? ""
                let page = try await server.get("/state?kind=organisation&limit=10\(query)", by: admin).decode(
                    Page.self
                )
                collected += page.documents.map(\.subject)
                after = page.next
            } while after != nil
            #expect(collected == all.documents.map(\.subject))
        }
    }

    /// Fifty themes of 50 kB.
    private func fillWithLongThemes(_ server: TestServer, by device: TestDevice) async throws {
        let text = String(repeating: "Voorbeeld ", count: 5000)
        let themes = (1...50).map { counter in
            let data = #"{"title":"Thema \#(counter)","summary":"\#(text)"}"#
            return device.event(counter, "theme.opened", "theme/\(device.id)-\(counter)", data)
        }
        #expect(try await server.push(themes, by: device).decode(PushAnswer.self).rejected.isEmpty)
    }

    @Test("A page keeps its place until it has been sent")
    func unreadPage() async throws {
        var options = ServerOptions.withoutRates
        options.capacity.reads = 1
        try await TestServer.run(.live, options: options) { server, admin in
            try await fillWithLongThemes(server, by: admin)
            let start = try await server.answered()
            let request = """
                GET /v1/agendas/assen/state HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(admin.answer.token)\r\n\r\n
                """
            let unread = try await RawConnection.unread(try #require(server.client.port), request)
            // Each time, the question before is one more.
            var own = 1
            while try await server.answered() == start + own { own += 1 }
            try await server.get("/state?limit=1", by: admin).expectProblem(.busy)
            try await unread.close()
            while try await server.get("/state?limit=1", by: admin).status != .ok { await Task.yield() }
        }
    }

    @Test("A page of a state ends where it gets long, and the next one goes on")
    func longPages() async throws {
        try await TestServer.run { server, admin in
            try await fillWithLongThemes(server, by: admin)
            var subjects: [String] = []
            var after = ""
            for _ in 1...3 {
                let response = try await server.get("/state?kind=theme\(after)", by: admin)
                #expect(response.bytes.count < 1_200_000)
                let page = try response.decode(Page.self)
                subjects += page.documents.map(\.subject)
                after = page.next.map { "&after=\($0)" } ?? ""
            }
            #expect(after.isEmpty)
            #expect(Set(subjects).count == 50)
        }
    }

    @Test("An earlier state can be read by size, moment and date, page by page")
    func past() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(5, by: admin)
            try await server.fill(5, by: admin, from: 6)
            let early = try await server.get("/state?kind=organisation&at=7", by: admin).decode(Page.self)
            #expect(early.size == 7)
            #expect(early.documents.count == 5)
            let page = try await server.get("/state?kind=organisation&at=7&limit=3", by: admin).decode(Page.self)
            #expect(page.documents.count == 3)
            let next = try #require(page.next)
            let rest = try await server.get("/state?kind=organisation&at=7&after=\(next)", by: admin).decode(Page.self)
            #expect((page.documents + rest.documents).map(\.subject) == early.documents.map(\.subject))
            for at in ["1999-12-31", "2000-01-01T00:00:00Z"] {
                let before = try await server.get("/state?at=\(at)", by: admin).decode(Page.self)
                #expect(before.size == 0)
                #expect(before.documents.isEmpty)
            }
            let now = try await server.get("/state?at=9999-12-31&kind=organisation", by: admin).decode(Page.self)
            #expect(now.size == 12)
            #expect(now.documents.count == 10)
        }
    }

    @Test("The first page of a state has its digest, now, later from the past, and whatever the kind")
    func digest() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(5, by: admin)
            var state = State()
            for line in try await server.get("/events", by: admin).bytes.split(separator: UInt8(ascii: "\n")) {
                try Array(line).withUnsafeBufferPointer { _ = try state.fold(entry: $0) }
            }
            var hasher = Hasher256()
            state.writeDigestInput { hasher.update($0) }
            let now = try await server.get("/state?kind=organisation", by: admin).decode(Page.self)
            #expect(now.digest == hasher.finish().description)
            let after = "/state?kind=organisation&after=\(now.documents[1].subject)"
            let next = try await server.get(after, by: admin).decode(Page.self)
            #expect(next.digest == nil)
            try await server.fill(1, by: admin, from: 6)
            let past = try await server.get("/state?at=\(now.size)&kind=organisation", by: admin).decode(Page.self)
            #expect(past.digest == now.digest)
            let later = try await server.get("/state?kind=organisation", by: admin).decode(Page.self)
            #expect(later.digest != nil)
            #expect(later.digest != now.digest)
        }
    }

    @Test("Values that no state can be asked for by are problems")
    func badState() async throws {
        try await TestServer.run { server, admin in
            #expect(try await server.get("/state?at=3", by: admin).expectProblem(.aheadOfLog).size == 2)
            for at in ["yesterday", "2026-02-30", "-1", ""] {
                try await server.get("/state?at=\(at)", by: admin).expectProblem(.invalidRange)
            }
            try await server.get("/state?kind=castle", by: admin).expectProblem(.badRequest)
            try await server.get("/state?limit=0", by: admin).expectProblem(.invalidRange)
        }
    }

    @Test("A subject has its document and the writes that made it")
    func subject() async throws {
        struct Answer: Decodable {
            struct Register: Decodable {
                struct Head: Decodable {
                    var position: Int
                    var source: String
                    var id: String
                    var value: String?
                }
                var path: String
                var conflict: Bool
                var heads: [Head]
            }
            var subject: String
            var size: Int
            var document: [String: String]
            var registers: [Register]
        }
        try await TestServer.run { server, admin in
            try await server.fill(1, by: admin)
            let path = "/subjects/organisation/\(admin.id)-1"
            let answer = try await server.get(path, by: admin).decode(Answer.self)
            #expect(answer.document == ["name": "Organisatie 1", "sort": "company"])
            #expect(answer.registers.map(\.path) == ["/name", "/sort"])
            #expect(answer.registers[0].heads.map(\.position) == [2])
            #expect(answer.registers[0].heads.map(\.source) == [admin.answer.device])
            #expect(answer.registers[0].conflict == false)
            try await server.get("/subjects/organisation/none", by: admin).expectProblem(.notFound)
        }
    }

    @Test("Writes that did not know of each other are a conflict")
    func conflicts() async throws {
        struct Answer: Decodable {
            struct Item: Decodable {
                struct Head: Decodable { var value: String? }
                var subject: String
                var path: String
                var heads: [Head]
            }
            var conflicts: [Item]
        }
        try await TestServer.run { server, admin in
            try await server.fill(1, by: admin)
            let other = try await server.enrol(code: server.invite(.editor))
            let name = "organisation/\(admin.id)-1"
            let mine = admin.event(2, "organisation.revised", name, #"{"name":"Een"}"#, basis: 3)
            let theirs = other.event(1, "organisation.revised", name, #"{"name":"Twee"}"#, basis: 3)
            _ = try await server.push([mine], by: admin).decode(PushAnswer.self)
            _ = try await server.push([theirs], by: other).decode(PushAnswer.self)
            let answer = try await server.get("/conflicts", by: admin).decode(Answer.self)
            #expect(answer.conflicts.map(\.subject) == [name])
            #expect(answer.conflicts.map(\.path) == ["/name"])
            #expect(Set(answer.conflicts[0].heads.map(\.value)) == ["Een", "Twee"])
            #expect(try await server.get("/progress", by: admin).decode(ProgressList.self).progress.isEmpty)
        }
    }

    @Test("Conflicts can be read page by page, of a kind and of a subject")
    func conflictPages() async throws {
        struct Answer: Decodable {
            struct Item: Decodable {
                var subject: String
                var path: String
            }
            var size: Int
            var conflicts: [Item]
            var next: String?
        }
        try await TestServer.run { server, admin in
            try await server.fill(30, by: admin)
            let other = try await server.enrol(code: server.invite(.editor))
            for (device, first) in [(admin, 31), (other, 1)] {
                let lines = (1...30).map { index in
                    device.event(
                        first + index,
                        "organisation.revised",
                        "organisation/\(admin.id)-\(index)",
                        #"{"name":"\#(device.id)","website":"\#(device.id)"}"#,
                        basis: 32
                    )
                }
                #expect(try await server.push(lines, by: device).decode(PushAnswer.self).rejected.isEmpty)
            }
            let all = try await server.get("/conflicts", by: other).decode(Answer.self)
            #expect(all.conflicts.count == 60 && all.next == nil)
            var found: [String] = []
            var query = "?limit=7&kind=organisation"
            while true {
                let page = try await server.get("/conflicts\(query)", by: admin).decode(Answer.self)
                #expect(page.size == all.size)
                found += page.conflicts.map { $0.subject + $0.path }
                guard let next = page.next else { break }
                #expect(page.conflicts.count == 7)
                query = "?limit=7&kind=organisation&after=\(next)"
            }
            #expect(found == all.conflicts.map { $0.subject + $0.path })
            let one = "organisation/\(admin.id)-3"
            let ofOne = try await server.get("/conflicts?subject=\(one)", by: admin).decode(Answer.self)
            #expect(ofOne.conflicts.map(\.path) == ["/name", "/website"])
            #expect(try await server.get("/conflicts?kind=theme", by: admin).decode(Answer.self).conflicts.isEmpty)
            for (kind, count) in [("organisation", 2), ("theme", 0)] {
                let path = "/conflicts?kind=\(kind)&subject=\(one)"
                #expect(try await server.get(path, by: admin).decode(Answer.self).conflicts.count == count)
            }
            for bad in ["kind=castle", "after=x", "after=", "at=3"] {
                try await server.get("/conflicts?\(bad)", by: admin).expectProblem(.badRequest)
            }
            for limit in ["0", "1001", "x"] {
                try await server.get("/conflicts?limit=\(limit)", by: admin).expectProblem(.invalidRange)
            }
        }
    }

    @Test("A page of conflicts ends where it gets long, and the next ones have the rest, each once")
    func longConflictPages() async throws {
        struct Answer: Decodable {
            struct Item: Decodable {
                var subject: String
                var path: String
            }
            var conflicts: [Item]
            var next: String?
        }
        try await TestServer.run { server, admin in
            try await server.fill(20, by: admin)
            let text = String(repeating: "Voorbeeld ", count: 5000)
            for _ in 1...2 {
                let device = try await server.enrol(code: server.invite(.editor))
                let lines = (1...20).map { index in
                    let data = #"{"name":"\#(device.id)","website":"\#(device.id) \#(text)"}"#
                    return device.event(
                        index,
                        "organisation.revised",
                        "organisation/\(admin.id)-\(index)",
                        data,
                        basis: 22
                    )
                }
                #expect(try await server.push(lines, by: device).decode(PushAnswer.self).rejected.isEmpty)
            }
            var found: [String] = []
            var pages = 0
            var after = ""
            repeat {
                let response = try await server.get("/conflicts?limit=1000\(after)", by: admin)
                #expect(response.bytes.count < 1_200_000)
                let page = try response.decode(Answer.self)
                found += page.conflicts.map { $0.subject + $0.path }
                after = page.next.map { "&after=\($0)" } ?? ""
                pages += 1
            } while !after.isEmpty && pages < 9
            #expect(after.isEmpty && pages == 2)
            let paths = ["/name", "/website"]
            #expect(found == (1...20).flatMap { n in paths.map { "organisation/\(admin.id)-\(n)\($0)" } }.sorted())
        }
    }

    @Test("Auditors read what was refused, bytes and reason; recorders and editors do not")
    func rejectionReaders() async throws {
        try await TestServer.run { server, admin in
            let bad = admin.event(1, "no.suchtype", "theme/x-1", "{}")
            _ = try await server.push([bad], by: admin).decode(PushAnswer.self)
            let auditor = try await server.enrol(code: server.invite(.auditor))
            let found = try await server.get("/rejections", by: auditor).decode(RejectionList.self).rejections
            #expect(found.map(\.event) == [bad])
            #expect(found.first?.problem.problem == .unknownType)
            #expect(found.first?.problem.detail?.isEmpty == false)
            #expect(found.first?.source == admin.answer.device)
            for role in [Role.recorder, .editor] {
                let other = try await server.enrol(code: server.invite(role))
                try await server.get("/rejections", by: other).expectProblem(.notAllowed)
            }
        }
    }

    @Test("Of a line that is no event the beginning can be read, with the length and the hash of all of it")
    func cutRejections() async throws {
        try await TestServer.run { server, admin in
            let line = #"{"x":"\#(String(repeating: "y", count: 5_000))"}"#
            _ = try await server.push([line], by: admin).decode(PushAnswer.self)
            let found = try await server.get("/rejections", by: admin).decode(RejectionList.self).rejections
            #expect(found.map(\.event) == [String(line.prefix(1024))])
            #expect(found.first?.length == line.utf8.count)
            #expect(found.first?.sha256 == Hash.sha256(Array(line.utf8)).description)
        }
    }

    @Test("What was refused can be read, with its bytes and the reason")
    func rejections() async throws {
        try await TestServer.run { server, admin in
            let bad = (1...3).map { admin.event($0, "no.suchtype", "theme/x-1", "{}") }
            _ = try await server.push(bad, by: admin).decode(PushAnswer.self)
            let first = try await server.get("/rejections?limit=2", by: admin).decode(RejectionList.self)
            #expect(first.rejections.map(\.event) == [bad[0], bad[1]])
            #expect(first.rejections.map(\.problem.problem) == [.unknownType, .unknownType])
            let next = try #require(first.next)
            let rest = try await server.get("/rejections?after=\(next)", by: admin).decode(RejectionList.self)
            #expect(rest.rejections.map(\.id) == ["3"])
            #expect(rest.next == nil)
        }
    }

    @Test("A checkpoint is plain text with a tag of its own")
    func checkpoint() async throws {
        try await TestServer.run { server, admin in
            let response = try await server.get("/checkpoint", by: admin)
            #expect(response.headers[.contentType] == "text/plain; charset=utf-8")
            #expect(response.headers[.cacheControl] == "no-cache")
            let key = try MemorySource.key("assen").verifier
            let checkpoint = try key.verify(response.text).checkpoint
            #expect(checkpoint.size.rawValue == 2)
            let tag = try #require(response.headers[.eTag])
            #expect(try await server.get("/checkpoint", by: admin, [.ifNoneMatch: tag]).status == .notModified)
            try await server.fill(1, by: admin)
            #expect(try await server.get("/checkpoint", by: admin, [.ifNoneMatch: tag]).status == .ok)
        }
    }

    @Test("Long answers in JSON are compressed for who takes that")
    func compression() async throws {
        try await TestServer.run { server, admin in
            try await server.fill(50, by: admin)
            let plain = try await server.get("/state", by: admin)
            let packed = try await server.get("/state", by: admin, [.acceptEncoding: "gzip"])
            #expect(plain.headers[.contentEncoding] == nil)
            #expect(packed.headers[.contentEncoding] == "gzip")
            #expect(try inflated(packed.bytes) == plain.bytes)
        }
    }
}
