import AgendaModel
import Testing
import TypedInput

@testable import AgendaPages

@Suite("Forms for everything that people record")
struct FormCoverageTests {
    let pages: TestPages

    init() throws {
        pages = try TestPages()
        pages.fill()
    }

    /// What no form records, and how it comes about.
    private static let elsewhere = [
        "member.joined": "somebody uses an invite", "member.granted": "people and devices",
        "member.left": "people and devices",
        "device.enrolled": "somebody uses an invite", "device.revoked": "people and devices",
        "device.signed": "the device itself, before it sends", "loss.accepted": "those who run the server",
        "entry.redacted": "ambit redact, which says first what goes for good",
    ]

    @Test("Every type has a form for the roles that may record it, or comes about elsewhere", arguments: Role.allCases)
    func roles(_ role: Role) {
        for type in Catalogue.current.types where type.writers.allows(role) {
            let isElsewhere = Self.elsewhere[type.name] != nil
            #expect(EventForm.isOffered(type, to: role) != isElsewhere, "\(type.name)")
            #expect(!isElsewhere || role == .admin, "\(type.name) is not for \(role) elsewhere")
        }
        #expect(Set(Self.elsewhere.keys).isSubset(of: Catalogue.current.types.map(\.name)))
    }

    @Test(
        "Every field of a type, and every part of one, has a place in its form",
        arguments: Catalogue.current.types.map(\.name)
    )
    func fields(_ name: String) throws {
        let type = try #require(Catalogue.current.type(named: name))
        guard EventForm.isOffered(type, to: .admin) else { return }
        let names = Set(try pages.items(name).map(\.name))
        let kind = try #require(Catalogue.current.kind(named: type.kind))
        for field in kind.fields where type.fields.contains(field.name) {
            if type.required.contains(field.name), type.narrowings[field.name]?.values.count == 1 { continue }
            switch field.form {
            case .object(let parts): for part in parts { #expect(names.contains("\(field.name).\(part.name)")) }
            case .map: #expect(names.contains("\(field.name).key"))
            default: #expect(names.contains(field.name))
            }
        }
    }

    @Test("A place is recorded, shown, and corrected part by part")
    func place() throws {
        let place = ["location.name": "Assen", "location.latitude": "52,9936", "location.longitude": "6,5642"]
        let started = try #require(try pages.form("project.started", place.merging(["title": "Nieuw"]) { $1 }).event)
        #expect(started.data["location"]?.compact == #"{"latitude":52.9936,"longitude":6.5642,"name":"Assen"}"#)
        pages.record(
            "project.revised",
            "project/q",
            #"{"location":{"latitude":52.9936,"longitude":6.5642,"name":"Assen"}}"#
        )
        let html = try pages.form("project.revised", ["subject": "project/q"]).html
        #expect(html.contains(#"value="52,9936""#) && html.contains(#"value="Assen""#))
        let same = place.merging(["subject": "project/q", "title": "Warmtenet Zuid", "theme": "Wonen"]) { $1 }
        #expect(try pages.form("project.revised", same).event == nil)
        let moved = same.merging(["location.latitude": "52,5", "location.name": ""]) { $1 }
        let event = try #require(try pages.form("project.revised", moved).event)
        #expect(event.data.compact == #"{"location":{"latitude":52.5,"name":null}}"#)
    }

    @Test("A map that is not needed may stay empty, and is not left half-filled")
    func maps() throws {
        let ambition = ["title": "Groen", "theme": "Wonen"]
        let html = try pages.form("ambition.proposed", ambition.merging(["targets.quantity": "5"]) { $1 }).html
        #expect(html.contains(#"id="field-targets-key-fault""#))
        let half = try pages.form("ambition.proposed", ambition.merging(["targets.key": "woningen"]) { $1 })
        #expect(half.event == nil && half.html.contains(#"id="field-targets-quantity-fault""#))
        #expect(try pages.form("ambition.proposed", ambition).event != nil)
        let whole = ambition.merging(["targets.key": "woningen", "targets.quantity": "5"]) { $1 }
        let event = try #require(try pages.form("ambition.proposed", whole).event)
        #expect(event.data["targets"]?.compact == #"{"indicator/i":{"quantity":5}}"#)
    }

    @Test(
        "What is typed over a refused event takes the place of what its form showed, and nothing else",
        arguments: [
            (
                #"{"title":"Oud","location":{"latitude":5,"name":"X"}}"#, ["title": "Nieuw", "location.name": "Y"],
                #"{"location":{"name":"Y"},"title":"Nieuw"}"#
            ),
            (#"{"title":"Oud","location":{"name":"X"},"summary":"S"}"#, ["title": "Oud"], #"{"title":"Oud"}"#),
            (
                #"{"title":"Oud","location":{"name":"X\nY"},"summary":"a\r\nb\r\n"}"#,
                ["title": "Nieuw", "location.name": "XY", "summary": "a\nb\n"],
                #"{"location":{"name":"X\nY"},"summary":"a\r\nb\r\n","title":"Nieuw"}"#
            ),
            (#"{"title":"Oud","ambitions":{"ambition/z":true}}"#, ["title": "Oud"], #"{"title":"Oud"}"#),
            (
                #"{"title":"Oud","ambitions":{"ambition/y":true,"ambition/z":true}}"#,
                ["title": "Oud", "ambitions.key": "Meer"],
                #"{"ambitions":{"ambition/z":true,"ambition/a":true},"title":"Oud"}"#
            ),
            (
                #"{"title":"Oud","partners":{"organisation/o":"a","organisation/z":"b"}}"#,
                ["title": "Oud", "partners.key": "Gemeente", "partners.value": "c"],
                #"{"partners":{"organisation/o":"c","organisation/z":"b"},"title":"Oud"}"#
            ),
        ]
    )
    func corrections(_ former: String, _ typed: [String: String], _ expected: String) throws {
        let former = try JSONValue(parsing: former)
        let corrected = try pages.reading { pages in
            var form = try TestPages.form("project.started", typed, pages)
            let event = try #require(try pages.event(of: &form))
            return form.corrected(former, to: event)
        }
        let members = try #require(corrected.members)
        #expect(JSONValue.object(members.sorted { $0.name < $1.name }).compact == expected)
    }

    @Test(
        "What a refused event took out of a document, its correction takes out too",
        arguments: [
            (
                "project.revised", #"{"lead":null,"location":{"name":null},"summary":null,"title":"Fout"}"#, "title",
                #"{"lead":null,"location":{"name":null},"summary":null,"title":"Goed"}"#
            ),
            (
                "project.unlinked", #"{"ambitions":{"ambition/z":null}}"#, "ambitions.key",
                #"{"ambitions":{"ambition/a":null}}"#
            ),
        ]
    )
    func correctedRemovals(_ name: String, _ former: String, _ field: String, _ expected: String) throws {
        pages.record("project.revised", "project/p", #"{"location":{"name":"Assen"},"summary":"Er is iets"}"#)
        pages.record("ambition.revised", "ambition/a", #"{"title":"Goed"}"#)
        let former = try JSONValue(parsing: former)
        let corrected = try pages.reading { pages in
            let type = try #require(Catalogue.current.type(named: name))
            let typed = EventForm.typed(for: former, about: "project/p", type, pages.reader.visit)
            var fields = try SentForm.fields(of: pages.form(TestPages.form(name, typed, pages)))
            fields[field] = "Goed"
            var form = try TestPages.form(name, fields, pages)
            let event = try #require(try pages.event(of: &form))
            return form.corrected(former, to: event)
        }
        let members = try #require(corrected.members)
        #expect(JSONValue.object(members.sorted { $0.name < $1.name }).compact == expected)
    }

    @Test("A subject's page leads to forms that are about it")
    func links() throws {
        for (subject, title) in [
            ("project/p", "Warmtenet Noord"), ("milestone/m", "Eerste buis"), ("ambition/a", "Meer woningen"),
        ] {
            let page = try #require(try pages.page(subject))
            let links = page.matches(of: /href="\/record\/([a-z.-]+)\?([a-z]+)=([^"&]+)"/)
            #expect(links.count > 3)
            for link in links where link.3 == subject {
                let html = try pages.form(String(link.1), [String(link.2): subject]).html
                #expect(html.contains(#"value="\#(title)""#), "\(link.1)")
            }
        }
    }
}
