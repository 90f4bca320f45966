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
    private func fill(_ log: TestLog, targets: Int, measurements: Int = 2) {
        log.record("theme.opened", "theme/t", #"{"title":"Wonen"}"#)
        log.record("ambition.proposed", "ambition/a", #"{"title":"Meer","theme":"theme/t"}"#)
        for number in 0..<targets {
            let (indicator, project) = ("indicator/i-\(number)", "project/p-\(number)")
            log.record("indicator.defined", indicator, #"{"name":"I","unit":"st","aggregation":"sum"}"#)
            log.record("ambition.targeted", "ambition/a", #"{"targets":{"\#(indicator)":{"quantity":9}}}"#)
            log.record("project.started", project, #"{"title":"P","ambitions":{"ambition/a":true}}"#)
            for day in 0..<measurements {
                let on = "20\(day / 18 % 90 + 10)-11-\(day % 18 + 10)"
                log.record(
                    "measurement.recorded",
                    "measurement/m-\(number)-\(day)",
                    #"{"project":"\#(project)","indicator":"\#(indicator)","value":2,"on":"\#(on)"}"#
                )
            }
        }
    }

    /// How many statements of SQL a page of such an ambition takes.
    private func statements(for path: [String], targets: Int, measurements: Int = 2) throws -> Int {
        let place = FileManager.default.temporaryDirectory.appending(path: "growth-\(UUID()).sqlite").path
        defer { StateFile.remove(at: place) }
        let log = try TestLog()
        fill(log, targets: targets, measurements: measurements)
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

    @Test(
        "A long series takes no more reading than one that is as long as a page lists",
        arguments: [["ambition", "a"], ["proof", "ambition", "a"], ["indicator", "i-0"], ["project", "p-0"], []]
    )
    func series(_ path: [String]) throws {
        let counts = try [250, 1500].map { try statements(for: path, targets: 1, measurements: $0) }
        #expect(counts[0] > 3)
        #expect(counts[1] <= counts[0], "\(counts)")
    }

    @Test("A course has the value of each day, without what was voided, and says where it stands now")
    func course() throws {
        for (aggregation, values) in [("sum", ["3", "10", "14,5"]), ("latest", ["3", "5", "4,5"])] {
            let pages = try TestPages()
            pages.record("theme.opened", "theme/t", #"{"title":"Wonen"}"#)
            let indicator = #"{"name":"I","unit":"st","aggregation":"\#(aggregation)"}"#
            pages.record("indicator.defined", "indicator/i", indicator)
            pages.record(
                "ambition.proposed",
                "ambition/a",
                #"{"title":"Meer","theme":"theme/t","targets":{"indicator/i":{"quantity":9}}}"#
            )
            pages.record("project.started", "project/p", #"{"title":"P","ambitions":{"ambition/a":true}}"#)
            pages.record("project.started", "project/q", #"{"title":"Q"}"#)
            for (number, (place, value, on)) in [
                ("project/p", "2", "2026-03-02"), ("ambition/a", "3", "2026-02-01"), ("project/p", "4.5", "2026-10-31"),
                ("ambition/a", "5", "2026-03-02"), ("project/p", "100", "2026-04-01"), ("project/q", "7", "2026-05-01"),
            ].enumerated() {
                let field = place.prefix { $0 != "/" }
                pages.record(
                    "measurement.recorded",
                    "measurement/m-\(number)",
                    #"{"\#(field)":"\#(place)","indicator":"indicator/i","value":\#(value),"on":"\#(on)"}"#
                )
            }
            pages.record("measurement.voided", "measurement/m-4", #"{"voided":true}"#)
            let html = try #require(try pages.page("ambition/a"))
            let chart = try #require(html.firstRange(of: "<figure class=\"chart\">")).lowerBound
            let rows = html[chart...].matches(of: #/<th scope="row">([0-9-]+)</th><td class="number">([^<]+) st</#)
            #expect(rows.map { String($0.1) } == ["01-02-2026", "02-03-2026", "31-10-2026"], "\(aggregation)")
            #expect(rows.map { String($0.2) } == values, "\(aggregation)")
        }
    }

    @Test("Of very many targets a page has the first ones, says so, and leads to the others")
    func many() throws {
        let pages = try TestPages()
        fill(pages.log, targets: 101)
        func count(_ piece: String, on page: String) -> Int { page.ranges(of: piece).count }
        let page = try #require(try pages.page("ambition/a"))
        #expect(count("<div class=\"figure is-", on: page) == 100 && count("<figure class=\"chart\">", on: page) == 100)
        #expect(page.contains("Doelen: 1 tot en met 100 van 101") && page.contains(#"href="/ambition/a?page=2""#))
        let next = try #require(try pages.page("ambition/a", ["page": "2"]))
        #expect(next.contains("Doelen: 101 tot en met 101 van 101") && next.contains(#"href="/ambition/a?page=1""#))
        func names(on page: String) -> [String] {
            page.matches(of: #/<p class="figure-name"><a href="([^"]+)"/#).map { String($0.1) }
        }
        #expect((names(on: page) + names(on: next)).sorted() == (0...100).map { "/indicator/i-\($0)" }.sorted())
        #expect(try pages.page("ambition/a", ["page": "3"]) == nil)
        #expect(try pages.page("project/p-0", ["page": "2"]) == nil)
        let proofs = try pages.reading(provingWith: .visitor(evidence: "/e/")) { pages in
            try (1...3).map { try pages.page(at: ["proof", "ambition", "a"], ["page": "\($0)"]) }
        }
        #expect(try #require(proofs[0]).contains("Doelen: 1 tot en met 100 van 101") && proofs[2] == nil)
        #expect(proofs.map { count("data-sum-state", on: $0 ?? "") } == [100, 1, 0])
        let shown = try pages.reading(provingWith: .visitor(evidence: "/e/")) {
            try $0.page(at: ["ambition", "a"], ["page": "2"])
        }
        let html = try #require(shown)
        let anchor = try #require(html.firstMatch(of: #/href="/proof/ambition/a\?page=2#([^"]+)"/#)).1
        #expect(try #require(proofs[1]).contains("id=\"\(anchor)\""))
        let few = try TestPages()
        fill(few.log, targets: 100)
        #expect(try #require(try few.page("ambition/a")).contains("100 van") == false)
    }

    @Test("Of very much that refers to a subject its page has a hundred, and leads to a list of each of them")
    func lists() throws {
        let pages = try TestPages()
        pages.record("theme.opened", "theme/t", #"{"title":"Wonen"}"#)
        pages.record("indicator.defined", "indicator/i", #"{"name":"I","unit":"st","aggregation":"sum"}"#)
        pages.record("project.started", "project/p", #"{"title":"Warmtenet","theme":"theme/t"}"#)
        pages.record("project.started", "project/q", #"{"title":"Ander","theme":"theme/t"}"#)
        for number in 0..<130 {
            let day = "20\(number % 90 + 10)-01-15"
            for project in ["p", "q"] {
                let data = #"{"project":"project/\#(project)","indicator":"indicator/i","value":1,"on":"\#(day)"}"#
                pages.record("measurement.recorded", "measurement/\(project)-\(number)", data)
            }
            let data = #"{"project":"project/p","title":"M\#(number)","due":"\#(day)"}"#
            pages.record("milestone.planned", "milestone/m-\(number)", data)
        }
        let page = try #require(try pages.page("project/p"))
        #expect(page.contains("Metingen: 100 van 130"))
        #expect(page.ranges(of: "Alle 130 tonen").count == 2 && page.ranges(of: "<span class=\"day\">").count == 100)
        for (kind, name) in [("measurement", "p"), ("milestone", "m")] {
            #expect(page.contains("href=\"/all/\(kind)?of=project/p\""), "\(kind)")
            let lists = try pages.reading { pages in
                try (1...4).map { try pages.page(at: ["all", kind], ["of": "project/p", "page": "\($0)"]) }
            }
            #expect(lists[3] == nil, "\(kind)")
            let found = lists.flatMap { list in
                (list ?? "").matches(of: #/<th scope="row"><a href="([^"]+)"/#).map { String($0.1) }
            }
            #expect(found.sorted() == (0..<130).map { "/\(kind)/\(name)-\($0)" }.sorted(), "\(kind)")
            #expect(lists[1]?.contains("51 tot en met 100 van 130") == true, "\(kind)")
            #expect(lists[0]?.contains("Warmtenet") == true, "\(kind)")
            #expect(lists[0]?.contains("href=\"/all/\(kind)?of=project/p&amp;page=2\"") == true, "\(kind)")
        }
        for subject in ["project/none", "member/x", ""] {
            #expect(try pages.page("all/measurement", ["of": subject]) == nil, "\(subject)")
        }
        #expect(try #require(try pages.page("all/note", ["of": "project/p"])).contains("class=\"empty\""))
    }
}
