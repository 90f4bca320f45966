import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import GRDB
import Testing

@testable import AgendaPages
@testable import Projections

@Suite("What pages of large subjects take")
struct PageGrowthTests {
    /// An ambition with so many targets, each with a course, and as many projects that are linked to it.
    private func fill(_ log: TestLog, targets: Int) {
        log.record("theme.opened", "theme/t", #"{"title":"Wonen"}"#)
        log.record("ambition.proposed", "ambition/a", #"{"title":"Meer","theme":"theme/t"}"#)
        for number in 0..<targets {
            let (indicator, project) = ("indicator/i-\(number)", "project/p-\(number)")
            log.record("indicator.defined", indicator, #"{"name":"I","unit":"st","aggregation":"sum"}"#)
            log.record("ambition.targeted", "ambition/a", #"{"targets":{"\#(indicator)":{"quantity":9}}}"#)
            log.record("project.started", project, #"{"title":"P","ambitions":{"ambition/a":true}}"#)
            for day in 1...2 {
                log.record(
                    "measurement.recorded",
                    "measurement/m-\(number)-\(day)",
                    #"{"project":"\#(project)","indicator":"\#(indicator)","value":2,"on":"2026-11-0\#(day)"}"#
                )
            }
        }
    }

    /// How many statements of SQL a page of such an ambition takes.
    private func statements(for path: [String], targets: Int) throws -> Int {
        let place = FileManager.default.temporaryDirectory.appending(path: "growth-\(UUID()).sqlite").path
        defer { StateFile.remove(at: place) }
        let log = try TestLog()
        fill(log, targets: targets)
        try log.commit()
        let file = try StateFile(at: place)
        try file.catchUp(with: log.store)
        return try file.read { view in
            let proofs = ProofSource(log.store, checkedBy: .visitor(evidence: "/e/"))
            let reader = AgendaReader(
                view,
                facts: try AgendaFacts(view),
                visit: TestPages.visit(role: nil),
                happenings: nil,
                proofs: proofs
            )
            var count = 0
            view.db.trace { _ in count += 1 }
            defer { view.db.trace(options: []) }
            #expect(try AgendaPages(reader).page(at: path, [:]) != nil)
            return count
        }
    }

    @Test(
        "An ambition with twice the targets and projects takes twice the reading, and not four times",
        arguments: [["ambition", "a"], ["proof", "ambition", "a"]]
    )
    func growth(_ path: [String]) throws {
        let counts = try [10, 20, 40].map { try statements(for: path, targets: $0) }
        #expect(counts[0] > 10)
        #expect(counts[2] - counts[1] <= 2 * (counts[1] - counts[0]) + 20, "\(counts)")
    }

    @Test("Of very many targets a page has the first ones, and says so")
    func many() throws {
        let pages = try TestPages()
        fill(pages.log, targets: 101)
        func count(_ piece: String, on page: String) -> Int { page.ranges(of: piece).count }
        let page = try #require(try pages.page("ambition/a"))
        #expect(count("<div class=\"figure is-", on: page) == 100 && count("<figure class=\"chart\">", on: page) == 100)
        #expect(page.contains("Doelen: 100 van 101"))
        let proof = try pages.reading(provingWith: .visitor(evidence: "/e/")) {
            try $0.page(at: ["proof", "ambition", "a"], [:])
        }
        #expect(try #require(proof).contains("Doelen: 100 van 101"))
        #expect(count("data-sum-state", on: proof ?? "") == 100)
        let few = try TestPages()
        fill(few.log, targets: 100)
        #expect(try #require(try few.page("ambition/a")).contains("100 van") == false)
    }
}
