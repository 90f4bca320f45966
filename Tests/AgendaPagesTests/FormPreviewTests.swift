import AgendaModel
import Testing
import TypedInput

@testable import AgendaPages

@Suite("What a form says before it records")
struct FormPreviewTests {
    let pages: TestPages

    init() throws {
        pages = try TestPages()
        pages.fill()
    }

    private static let measurement = ["project": "Noord", "indicator": "woningen", "value": "12,5", "on": "gisteren"]

    private func preview(_ type: String, _ typed: [String: String]) throws -> String {
        try pages.reading { pages in
            var form = try TestPages.form(type, typed, pages)
            _ = try pages.event(of: &form)
            return pages.preview(form)
        }
    }

    @Test(
        "Numbers, units, days and subjects are said as they will be recorded",
        arguments: [
            (
                "measurement.recorded", measurement,
                "meting vastgelegd: indicator Nieuwe woningen, op 11-11-2026, project Warmtenet Noord, waarde 12,5 woningen"
            ),
            (
                "milestone.moved", ["subject": "Eerste buis", "due": "2027-02-28"],
                "mijlpaal “Eerste buis” verschoven: verwacht op 28-02-2027"
            ),
            (
                "ambition.targeted", ["subject": "Meer", "targets.key": "woningen", "targets.quantity": "1250"],
                "hoeveelheid 1.250 woningen"
            ),
            (
                "project.revised", ["subject": "Noord", "title": "Warmtenet Noord", "budget": "€ 20.000,50"],
                "20.000,50"
            ),
        ]
    )
    func said(_ type: String, _ typed: [String: String], _ words: String) throws {
        let said = try preview(type, typed)
        #expect(said.contains("Dit wordt vastgelegd:") && said.contains(words), "\(said)")
        #expect(try pages.form(type, typed).html.contains(words))
    }

    @Test("Nothing is said of what is not known", arguments: ["", "10.000", "veel"])
    func notKnown(_ value: String) throws {
        #expect(try preview("measurement.recorded", Self.measurement.merging(["value": value]) { $1 }).isEmpty)
    }

    @Test("A day that is to come where the laptop's clock is known to be ahead is doubted, whatever the clock says")
    func clockAhead() throws {
        var visit = TestPages.visit()
        #expect(try pages.form("measurement.recorded", Self.measurement, visit).event != nil)
        visit.likelyDay = "2016-11-12"
        let (event, html) = try pages.form("measurement.recorded", Self.measurement, visit)
        #expect(event == nil && html.contains("Klopt dit?"))
    }

    @Test("What is unlikely is recorded only by somebody who has seen that, of the very same event")
    func doubts() throws {
        let unlikely = Self.measurement.merging(["value": "-12,5"]) { $1 }
        let (event, html) = try pages.form("measurement.recorded", unlikely)
        #expect(event == nil)
        #expect(html.contains("Klopt dit?") && html.contains("Toch vastleggen"))
        let mark = try #require(html.firstMatch(of: /name="checked" value="([0-9-]+)"/)).1
        let seen = unlikely.merging([EventPreview.name: String(mark)]) { $1 }
        #expect(try pages.form("measurement.recorded", seen).event?.data["value"] == .number("-12.5"))
        let other = seen.merging(["value": "-13"]) { $1 }
        #expect(try pages.form("measurement.recorded", other).event == nil)
        #expect(try pages.form("measurement.recorded", Self.measurement).event != nil)
    }
}
