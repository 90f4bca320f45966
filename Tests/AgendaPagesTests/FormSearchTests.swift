import AgendaModel
import Testing
import TypedInput

@testable import AgendaPages

@Suite("Finding what a form is about")
struct FormSearchTests {
    let pages: TestPages

    init() throws {
        pages = try TestPages()
        pages.fill()
        for number in 0...1000 {
            pages.record("project.started", "project/n\(number)", #"{"title":"Project \#(1000 + number)"}"#)
        }
    }

    private static let milestone = ["title": "Paal", "due": "2027-01-01"]

    @Test("Of more than a thousand, those are offered whose title has what was typed; one of them is chosen")
    func offered() throws {
        let typed = Self.milestone.merging(["project": "project 19"]) { $1 }
        for button in [["find": "project"], [:]] {
            let (event, html) = try pages.form("milestone.planned", typed.merging(button) { $1 })
            #expect(event == nil)
            #expect(html.contains("past bij meer dan een: 100.") && html.contains(#"value="project project/n900""#))
            #expect(html.matches(of: /name="choose"/).count == EventForm.maximumOffered)
            #expect(html.contains(#"value="Paal""#))
        }
        let html = try pages.form("milestone.planned", typed.merging(["choose": "project project/n900"]) { $1 }).html
        #expect(html.contains(#"name="project" value="Project 1900""#) && html.contains(#"value="Paal""#))
        #expect(html.contains("data-source=") && !html.contains("Project 1901"))
        let event = try pages.form("milestone.planned", Self.milestone.merging(["project": "Project 1900"]) { $1 })
            .event
        #expect(event?.data["project"] == "project/n900")
    }

    @Test(
        "One that is found is chosen, and nothing found is said",
        arguments: [("noord", true), ("", false), ("zzz", false)]
    )
    func found(_ text: String, _ isFound: Bool) throws {
        let html = try pages.form("milestone.planned", ["project": text, "find": "project"]).html
        #expect(html.contains(#"value="Warmtenet Noord""#) == isFound)
        #expect(html.contains(#"id="field-project-fault""#) != isFound)
    }

    @Test("A list that is too long for a page is asked for as somebody types, of any kind too")
    func choices() throws {
        let one = #"<option value="Warmtenet Noord"></option>"#
        #expect(try choices(of: "project", having: "warmtenet n") == one)
        #expect(try choices(of: "indicator", having: "W")?.contains(#"data-unit="woningen""#) == true)
        #expect(try choices(of: nil, having: "BUIS")?.contains("Eerste buis") == true)
        #expect(try choices(of: "project", having: "")?.isEmpty == true)
        #expect(try choices(of: "geen", having: "x") == nil)
    }

    private func choices(of kind: String?, having text: String) throws -> String? {
        try pages.reading { try $0.choices(of: kind, having: text) }
    }
}
