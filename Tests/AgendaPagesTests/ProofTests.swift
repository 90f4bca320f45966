import AgendaModel
import EventLog
import EventLogTesting
import Projections
import Testing
import Wording

@testable import AgendaPages

@Suite("Where values come from")
struct ProofTests {
    let pages: TestPages

    init() throws {
        pages = try TestPages()
        pages.fill()
    }

    private func proof(
        of subject: String,
        _ checker: ProofSource.Checker,
        personal: PersonalFields.Treatment = .included
    ) throws -> String? {
        var visit = TestPages.visit()
        if case .visitor = checker { visit.desk = nil }
        return try pages.reading(visit, personal: personal, provingWith: checker) {
            try $0.page(at: ["proof"] + subject.split(separator: "/").map(String.init), [:])
        }
    }

    private func holds(_ html: String) -> Int { html.split(separator: "proof-state is-holds").count - 1 }

    @Test("Every value of every subject is found in its entry, up to the signed checkpoint")
    func everything() throws {
        for subject in ["agenda/proef", "theme/t", "indicator/i", "ambition/a", "project/p", "milestone/m", "note/n"] {
            let html = try #require(try proof(of: subject, .here(.everything)))
            let values = html.split(separator: "data-proof ").count - 1
            #expect(values > 0 && holds(html) == values && !html.contains("is-broken"), "\(subject)")
        }
    }

    @Test("Nothing is checked before somebody wants it, and then what they want")
    func wanted() throws {
        func found(_ wanted: ProofSource.Wanted?) throws -> Int {
            holds(try #require(try proof(of: "project/p", .here(wanted))))
        }
        #expect(try found(nil) == 0)
        // All values of the project are of one entry, and no other's.
        #expect(try found(.entry(Position(5))) > 3)
        #expect(try found(.entry(Position(6))) == 0)
    }

    @Test("A value that its entry does not have is found out")
    func altered() throws {
        try pages.log.commit()
        let check = ShownValueCheck(log: pages.log.store)
        #expect(try check.checkpoint(of: Array("1250.5".utf8), at: "/value", by: Position(8)) != nil)
        #expect(try check.checkpoint(of: Array("1250.6".utf8), at: "/value", by: Position(8)) == nil)
        #expect(try check.checkpoint(of: Array("1250.5".utf8), at: "/values", by: Position(8)) == nil)
        #expect(try check.checkpoint(of: Array("1250.5".utf8), at: "/value", by: Position(7)) == nil)
        #expect(throws: LogError.self) {
            try check.checkpoint(of: Array("1250.5".utf8), at: "/value", by: Position(800))
        }
    }

    @Test("A target lists the measurements that it comes from")
    func sum() throws {
        let html = try #require(try proof(of: "ambition/a", .visitor(evidence: "/v1/agendas/proef/evidence/")))
        #expect(html.contains(#"data-sum="sum""#) && html.contains("De som van de metingen (1)"))
        #expect(html.contains(#"data-evidence="/v1/agendas/proef/evidence/8""#))
        #expect(html.contains(pages.log.store.identity.verifierKey.description))
    }

    @Test("Everybody's pages name no author, and nothing of what is personal")
    func everybody() throws {
        let checker = ProofSource.Checker.visitor(evidence: "/e/")
        let html = try #require(try proof(of: "project/p", checker, personal: .leftOut))
        #expect(!html.contains("aaaaaa") && !html.contains("/evidence/"))
        let note = try #require(try proof(of: "note/n", checker, personal: .leftOut))
        #expect(!note.contains("Bewoners"))
        #expect(try proof(of: "project/none", checker) == nil)
    }

    @Test("A project leads to the proof of each of its facts")
    func links() throws {
        let html = try pages.reading(provingWith: .here(nil)) { try $0.page(at: ["project", "p"], [:]) }
        let page = try #require(html)
        for field in ["theme", "lead", "budget", "ambitions"] {
            #expect(page.contains(##"href="/proof/project/p#v-\##(field)""##), "\(field)")
        }
    }
}
