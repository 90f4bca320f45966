import AgendaModel
import Projections
import Testing
import Wording

@testable import AgendaPages

@Suite("Pages of an agenda")
struct PageTests {
    let pages: TestPages

    init() throws { pages = try TestPages() }

    @Test("An agenda without anything in it has an overview", arguments: Language.allCases)
    func empty(_ language: Language) throws {
        let html = try #require(try pages.page("", [:], TestPages.visit(language)))
        #expect(html.contains(Message.pageEmptyAgenda.text(language)))
    }

    @Test("The overview shows values against their targets, large and as a table")
    func overview() throws {
        pages.fill()
        let html = try #require(try pages.page(""))
        #expect(html.contains(#"<span class="big">1.250,5</span>"#))
        #expect(html.contains("van 10.000 woningen"))
        #expect(html.contains(#"<progress max="100" value="12""#))
        #expect(html.contains("<table>"))
        #expect(html.contains("“Eerste buis” werd verwacht op 01-10-2026 (Warmtenet Noord)"))
        #expect(html.contains("2 niet verstuurd") && html.contains("1 geweigerd"))
    }

    @Test("A project has its facts, milestones, measurements and notes, with links to what they name")
    func project() throws {
        pages.fill()
        let html = try #require(try pages.page("project/p"))
        for text in [
            #"<a href="/theme/t">Wonen</a>"#, #"<a href="/organisation/o">Gemeente</a>"#, "€ 12.500,50", "Eerste buis",
            "1.250,5 woningen", "Bewoners zijn blij", #"<a href="/ambition/a">Meer woningen</a>"#,
        ] { #expect(html.contains(text), "\(text)") }
    }

    @Test("Every kind has a list, and every subject a page", arguments: Language.allCases)
    func everything(_ language: Language) throws {
        pages.fill()
        for kind in Catalogue.current.kinds {
            #expect(try pages.page("all/\(kind.name)", [:], TestPages.visit(language)) != nil, "\(kind.name)")
        }
        let subjects = [
            "agenda/proef", "theme/t", "indicator/i", "ambition/a", "organisation/o", "project/p", "milestone/m",
            "measurement/x", "note/n",
        ]
        for subject in subjects {
            #expect(try pages.page(subject, [:], TestPages.visit(language)) != nil, "\(subject)")
        }
    }

    @Test(
        "There is no page at any other address",
        arguments: ["x", "project/none", "project", "all/none", "all", "project/p/more", "server/x"]
    )
    func missing(_ path: String) throws {
        pages.fill()
        #expect(try pages.page(path) == nil)
    }

    @Test("A list that is too long to be sorted has what is in a phase, and no more")
    func longList() throws {
        pages.record("theme.opened", "theme/t", #"{"title":"Wonen"}"#)
        for number in 0..<10_010 {
            let phase = number % 1000 == 7 ? "realisation" : "idea"
            let data = #"{"title":"P\#(number)","theme":"theme/t","phase":"\#(phase)"}"#
            pages.record("project.started", "project/p-\(number)", data)
        }
        let html = try #require(try pages.page("all/project", ["phase": "realisation"]))
        #expect((0..<10).allSatisfy { html.contains(">P\($0 * 1000 + 7)<") } && html.contains(">P10007<"))
        #expect(!html.contains(">P8<"))
    }

    @Test("Hidden characters are shown wherever a text stands, and come back from a form as they are")
    func hidden() throws {
        let text = "Plan\u{202E}nalp\u{200B}"
        pages.record("theme.opened", "theme/t", #"{"title":"\#(text)","summary":"\#(text)"}"#)
        pages.record("project.started", "project/p", #"{"title":"\#(text)","theme":"theme/t","summary":"\#(text)"}"#)
        for path in ["", "theme/t", "project/p", "all/project"] {
            let html = try #require(try pages.page(path))
            #expect(html.contains("Plan&lt;U+202E&gt;nalp&lt;U+200B&gt;"), "\(path)")
            #expect(!html.unicodeScalars.contains("\u{202E}"), "\(path)")
        }
        let html = try pages.form("project.revised", ["subject": "project/p"]).html
        #expect(html.contains("value=\"\(text)\""))
    }

    @Test("A quote with an accent on it does not end an attribute")
    func accents() throws {
        pages.record("theme.opened", "theme/t", #"{"title":"x\"\#u{301} autofocus onfocus=\"\#u{301}"}"#)
        let html = try pages.form("theme.revised", ["subject": "theme/t"]).html
        let bytes = Array(html.utf8)
        #expect(bytes.contains(Array("x&quot;\u{301} autofocus".utf8)))
        #expect(!bytes.contains(Array("x\"".utf8)))
    }

    @Test("What somebody wrote is never markup, wherever it stands")
    func markup() throws {
        let text = #"<script>alert(1)</script>\"'&{{w.find}}"#
        pages.record("theme.opened", "theme/t", #"{"title":"\#(text)","summary":"\#(text)"}"#)
        pages.record("project.started", "project/p", #"{"title":"\#(text)","theme":"theme/t","summary":"\#(text)"}"#)
        pages.record(
            "organisation.registered",
            "organisation/o",
            #"{"name":"\#(text)","website":"javascript:alert(1)"}"#
        )
        for path in ["", "theme/t", "project/p", "organisation/o", "all/project", "all/organisation"] {
            let html = try #require(try pages.page(path))
            #expect(!html.contains("<script>a") && html.contains("&lt;script&gt;"), "\(path)")
            #expect(!html.contains("href=\"javascript:"), "\(path)")
        }
        let found = try #require(try pages.page("find", ["q": "<script>"]))
        #expect(!found.contains("<script>a") && !found.contains("“<script>”"))
    }

    @Test("Words are found without regard to case and accents, and all of them have to be there")
    func find() throws {
        pages.fill()
        let html = try #require(try pages.page("find", ["q": "WARMTENET nóórd"]))
        #expect(html.contains("Warmtenet Noord") && !html.contains("Warmtenet Zuid"))
        #expect(try #require(try pages.page("find", ["q": "bestaatniet"])).contains("0 resultaten"))
    }

    @Test("Everybody sees neither people nor what only members may see")
    func everybody() throws {
        pages.fill()
        pages.record("member.joined", "member/x", #"{"name":"Jansje Voorbeeld","role":"admin"}"#)
        let visit = TestPages.visit(role: nil)
        try pages.reading(visit, personal: .leftOut) { pages in
            for path in [[], ["project", "p"], ["all", "project"], ["find"]] {
                let html = try #require(try pages.page(at: path, ["q": "blij"]))
                #expect(!html.contains("Jansje") && !html.contains("Bewoners zijn blij"))
                #expect(!html.contains("/record") && !html.contains("bewijs"))
            }
            #expect(try pages.page(at: ["member", "x"], [:]) == nil)
            #expect(try pages.page(at: ["all", "member"], [:]) == nil)
        }
    }

    @Test("At an earlier moment every link stays at that moment, and nothing can be recorded")
    func past() throws {
        pages.fill()
        var visit = TestPages.visit()
        visit.past = PageVisit.Past(size: LogSize(5), time: nil)
        let html = try #require(try pages.page("project/p", [:], visit))
        #expect(html.contains("U kijkt naar het verleden"))
        #expect(html.contains(#"href="/theme/t?at=5""#) && !html.contains(#"href="/theme/t""#))
        #expect(!html.contains("/record/"))
    }

    @Test("A reason stands only beside what was written with it")
    func reasons() throws {
        pages.fill()
        pages.record("project.halted", "project/p", #"{"phase":"halted","reason":"Geen geld"}"#)
        #expect(try #require(try pages.page("project/p")).contains(#"<span class="reason">Geen geld</span>"#))
        pages.record("project.resumed", "project/p", #"{"phase":"realisation"}"#)
        #expect(!(try #require(try pages.page("project/p")).contains(#"<span class="reason">Geen geld</span>"#)))
    }
}
