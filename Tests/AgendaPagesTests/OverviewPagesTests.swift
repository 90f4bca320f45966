import AgendaModel
import Testing
import Wording

@testable import AgendaPages

@Suite("The pages of an overview")
struct OverviewPagesTests {
    /// A thousand targets of twenty ambitions, five ambitions without any, and two themes without ambitions.
    private func fill(_ pages: TestPages) {
        for theme in 0..<4 { pages.record("theme.opened", "theme/t-\(theme)", #"{"title":"Thema \#(theme)"}"#) }
        for number in 0..<1000 {
            pages.record(
                "indicator.defined",
                "indicator/i-\(number)",
                #"{"name":"I\#(number)","unit":"st","aggregation":"sum"}"#
            )
        }
        for number in 0..<25 {
            let indicators = number < 20 ? number * 50..<(number + 1) * 50 : 0..<0
            let targets = indicators.map { #""indicator/i-\#($0)":{"quantity":9}"# }.joined(separator: ",")
            pages.record(
                "ambition.proposed",
                "ambition/a-\(number)",
                #"{"title":"Ambitie \#(number)","theme":"theme/t-\#(number % 2)","targets":{\#(targets)}}"#
            )
        }
    }

    /// The addresses that the figures, or the ambitions without any, lead to.
    private func addresses(_ piece: Regex<(Substring, Substring)>, on page: String) -> [String] {
        page.matches(of: piece).map { String($0.1) }
    }

    @Test(
        "Of a thousand targets a page has at most two hundred, and the pages have each of them once",
        arguments: Language.allCases
    )
    func targets(_ language: Language) throws {
        let pages = try TestPages()
        fill(pages)
        let visit = TestPages.visit(language)
        let html = try pages.reading(visit) { pages in
            try (1...7).map { try pages.page(at: [], ["page": "\($0)"]) }
        }
        #expect(html[6] == nil)
        let shown = html.prefix(6).map { $0 ?? "" }
        let figures = shown.map { addresses(#/<p class="figure-name"><a href="([^"]+)"/#, on: $0) }
        #expect(figures.map(\.count).max() == OverviewView.rows)
        #expect(figures.joined().sorted() == (0..<1000).map { "/indicator/i-\($0)" }.sorted())
        let others = shown.flatMap { addresses(#/<li><a href="(/ambition[^"]+)"/#, on: $0) }
        #expect(others.sorted() == (20..<25).map { "/ambition/a-\($0)" }.sorted())
        for theme in 2..<4 { #expect(shown.filter { $0.contains(">Thema \(theme)</a>") }.count == 1) }
        for page in shown {
            let totals =
                language == .dutch
                ? "van 6. In totaal: thema's 4, ambities 25, doelen 1.000."
                : "of 6. In all: themes 4, ambitions 25, targets 1,000."
            #expect(page.replacing("&#39;", with: "'").contains(totals))
        }
        #expect(shown[0].contains(#"rel="next" href="/?page=2""#) && !shown[0].contains(#"rel="prev""#))
        #expect(shown[5].contains(#"rel="prev" href="/?page=5""#) && !shown[5].contains(#"rel="next""#))
        #expect(try pages.page("", [:], visit) == shown[0])
    }

    @Test("What fits on one page is on one, which says nothing of pages")
    func one() throws {
        let pages = try TestPages()
        pages.fill()
        let html = try #require(try pages.page(""))
        #expect(!html.contains("class=\"paging\"") && html.contains("Nieuwe woningen"))
        for page in ["2", "0", "-1", "1000001"] { #expect(try pages.page("", ["page": page]) == nil, "\(page)") }
        #expect(try pages.page("all/project", ["page": "2"]) == nil)
    }

    @Test("Further pages of an earlier moment are of that moment")
    func past() throws {
        let pages = try TestPages()
        fill(pages)
        var visit = TestPages.visit()
        visit.past = PageVisit.Past(size: LogSize(1029), time: nil)
        let html = try #require(try pages.page("", [:], visit))
        #expect(html.contains(#"rel="next" href="/?page=2&amp;at=1029""#))
    }
}
