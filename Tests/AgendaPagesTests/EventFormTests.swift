import AgendaModel
import Testing
import TypedInput
import Wording

@testable import AgendaPages

@Suite("Forms made from the catalogue")
struct EventFormTests {
    let pages: TestPages

    init() throws {
        pages = try TestPages()
        pages.fill()
    }

    private static let measurement = ["project": "Noord", "indicator": "woningen", "value": "12,5", "on": "gisteren"]

    @Test("What is typed in the reader's way becomes an event")
    func measurement() throws {
        let event = try #require(try pages.form("measurement.recorded", Self.measurement).event)
        #expect(
            event.data.compact == #"{"indicator":"indicator/i","on":"2026-11-11","project":"project/p","value":12.5}"#
        )
    }

    @Test(
        "What is wrong stands beside its field, and what was typed stays",
        arguments: [
            ("value", "10.000", "is te lezen als"), ("value", "veel", "past een getal"), ("value", "", "Dit is nodig"),
            ("on", "31-02-2026", "past een dag"), ("indicator", "geluk", "Er is geen indicator"),
            ("project", "warmtenet", "past bij meer dan een"), ("project", "<b>", "Er is geen project"),
        ]
    )
    func faults(_ field: String, _ text: String, _ said: String) throws {
        let (event, html) = try pages.form(
            "measurement.recorded",
            Self.measurement.merging([field: text]) { $1 }
        )
        #expect(event == nil)
        #expect(html.contains(said))
        #expect(html.contains(##"href="#field-\##(field)""##) && html.contains(#"id="field-\#(field)-fault""#))
        #expect(html.contains(#"value="12,5""#) || field == "value")
        #expect(text.isEmpty || text == "<b>" || html.contains(#"value="\#(text)""#))
        #expect(!html.contains("<b>"))
    }

    /// What no field of the form takes.
    private static func wrong(_ form: Catalogue.Form) -> [String] {
        switch form {
        case .number: ["veel", "10.000", "1,2,3", "--1", "1e999", "12,5 x"]
        case .integer: ["veel", "1,5", "10.000"]
        case .date: ["31-02-2026", "2026-13-01", "ooit", "12-11-202"]
        case .reference: ["bestaat zeker niet"]
        case .oneOf, .boolean: ["onzin"]
        default: []
        }
    }

    @Test(
        "Every field of every form says what is wrong with it, and keeps it",
        arguments: Catalogue.current.types.map(\.name)
    )
    func everyWrongValue(_ name: String) throws {
        let type = try #require(Catalogue.current.type(named: name))
        guard EventForm.isOffered(type, to: .admin) else { return }
        for item in try pages.items(name) {
            for text in Self.wrong(item.form) {
                // Which subject a part of a map is about is known.
                var typed = item.name.hasPrefix("targets.") ? ["targets.key": "woningen"] : [:]
                typed[item.name] = text
                let (event, html) = try pages.form(name, typed)
                let id = item.name.replacing(".", with: "-")
                let isTold = html.contains(#"id="field-\#(id)-fault""#)
                #expect(event == nil && isTold, "\(name), \(item.name): \(text)")
                // A choice cannot show what is none.
                if case .oneOf = item.form { continue }
                if item.form == .boolean { continue }
                let isKept = html.contains(#"value="\#(text)""#)
                #expect(isKept, "\(name), \(item.name): \(text)")
            }
            guard case .reference = item.form else { continue }
            // Looks like a subject, and is none.
            let isKept = try pages.form(name, [item.name: "theme/<b>"]).html.contains(#"value="theme/&lt;b&gt;""#)
            #expect(isKept, "\(name), \(item.name)")
        }
    }

    @Test("Every type that somebody may record has a form", arguments: Catalogue.current.types.map(\.name))
    func everyType(_ name: String) throws {
        let type = try #require(Catalogue.current.type(named: name))
        guard EventForm.isOffered(type, to: .admin) else { return }
        let (event, html) = try pages.form(name, [:])
        #expect(event == nil)
        for field in type.required where type.narrowings[field]?.values.count != 1 {
            #expect(html.contains(#"name="\#(field)"#), "\(name) asks for \(field)")
        }
        #expect(html.contains(#"name="token" value="bewijs""#))
    }

    @Test("A revision shows what there is, and records what differs")
    func revision() throws {
        let typed = ["subject": "project/p"]
        #expect(try pages.form("project.revised", typed).html.contains(#"value="Warmtenet Noord""#))
        let changed = typed.merging(["title": "Warmtenet Noord", "summary": "Nieuw", "budget": "12500,50 euro"]) { $1 }
        let event = try #require(try pages.form("project.revised", changed).event)
        #expect(event.subject == "project/p")
        #expect(event.data["title"] == nil && event.data["summary"] == "Nieuw" && event.data["budget"] == nil)
        #expect(event.data["theme"] == .null && event.data["lead"] == .null)
    }

    @Test("A target and a link are written for the subject that was chosen")
    func maps() throws {
        let target = try #require(
            try pages.form(
                "ambition.targeted",
                [
                    "subject": "Meer", "targets.key": "woningen", "targets.quantity": "1250,5",
                    "targets.due": "2031-01-01",
                ]
            ).event
        )
        #expect(target.data.compact == #"{"targets":{"indicator/i":{"due":"2031-01-01","quantity":1250.5}}}"#)
        let link = try #require(
            try pages.form("project.linked", ["subject": "project/q", "ambitions.key": "Meer woningen"]).event
        )
        #expect(link.data.compact == #"{"ambitions":{"ambition/a":true}}"#)
        let unlink = try #require(
            try pages.form("project.unlinked", ["subject": "project/p", "ambitions.key": "ambition/a"]).event
        )
        #expect(unlink.data.compact == #"{"ambitions":{"ambition/a":null}}"#)
        let partner = try #require(
            try pages.form(
                "project.partner-joined",
                ["subject": "project/q", "partners.key": "Gemeente", "partners.value": "opdrachtgever"]
            ).event
        )
        #expect(partner.data.compact == #"{"partners":{"organisation/o":"opdrachtgever"}}"#)
    }
}
