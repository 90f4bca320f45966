import AgendaModel
import EventLogTesting
import Testing
import TypedInput
import Wording

@testable import AgendaPages

@Suite("Forms that stay open while the agenda changes")
struct OpenFormTests {
    let pages: TestPages

    init() throws {
        pages = try TestPages()
        pages.fill()
    }

    /// Another device changes nearly everything.
    private func change(_ project: String = "project/p", by device: String = "device/bbbbbb") {
        pages.log.record(
            "project.revised",
            project,
            #"{"title":"Heel anders","summary":"Van een ander","budget":null,"location":{"name":"Assen"}}"#,
            by: device
        )
    }

    @Test("What was not touched is not recorded, and what was is recorded as by somebody who saw what the form showed")
    func touched() throws {
        pages.record("project.revised", "project/p", #"{"summary":"Van eerst"}"#)
        var fields = try pages.opened("project.revised", ["subject": "project/p"])
        let size = pages.log.size
        #expect(fields["summary"] == "Van eerst" && fields["location.name"]?.isEmpty == true)
        change()
        #expect(try pages.sent("project.revised", fields).html.contains("Er is niets veranderd"))
        fields["title"] = "Nieuw"
        let sent = try pages.sent("project.revised", fields)
        #expect(sent.event?.data.compact == #"{"title":"Nieuw"}"#)
        #expect(sent.event?.subject == "project/p" && sent.basis == size)
        fields["summary"] = ""
        fields["budget"] = "12500,50 euro"
        fields["theme"] = "wonen"
        #expect(try pages.sent("project.revised", fields).event?.data.compact == #"{"summary":null,"title":"Nieuw"}"#)
        // A field that does not come back says nothing.
        fields["lead"] = nil
        #expect(try pages.sent("project.revised", fields).event?.data.compact == #"{"summary":null,"title":"Nieuw"}"#)
    }

    @Test("A form that comes back with a fault, and one that looked for a subject, still says what it showed")
    func comesBack() throws {
        var fields = try pages.opened("project.revised", ["subject": "project/p"])
        let size = pages.log.size
        fields["start"] = "ooit"
        change()
        let buttons: [[String: String]] = [[:], ["find": "theme"], ["choose": "lead organisation/o"]]
        for button in buttons {
            let html = try pages.form("project.revised", fields.merging(button) { $1 }).html
            #expect(try SentForm.fields(of: html) == fields, "\(button)")
        }
        fields["start"] = "01-02-2027"
        let sent = try pages.sent("project.revised", fields)
        #expect(sent.event?.data.compact == #"{"start":"2027-02-01"}"# && sent.basis == size)
    }

    @Test("A form is about the same subject, though it is called something else by the time that it is sent")
    func renamed() throws {
        pages.record("project.started", "project/r", #"{"title":"Proef P"}"#)
        pages.record("project.started", "project/s", #"{"title":"Proef Plaza"}"#)
        var revised = try pages.opened("project.revised", ["subject": "project/r"])
        var planned = try pages.opened("milestone.planned", ["project": "project/r"])
        var targeted = try pages.opened("ambition.targeted", ["subject": "ambition/a", "targets.key": "indicator/i"])
        change("project/r")
        pages.record("indicator.revised", "indicator/i", #"{"name":"Iets anders"}"#)
        revised["summary"] = "Nieuw"
        #expect(revised["subject"] == "Proef P")
        #expect(try pages.sent("project.revised", revised).event?.subject == "project/r")
        planned.merge(["title": "Paal", "due": "2027-01-01"]) { $1 }
        #expect(try pages.sent("milestone.planned", planned).event?.data["project"] == "project/r")
        targeted["targets.quantity"] = "5"
        let target = try pages.sent("ambition.targeted", targeted).event
        #expect(target?.data.compact == #"{"targets":{"indicator/i":{"quantity":5}}}"#)
        // Another text is looked up; of what it names, the form showed nothing.
        revised["subject"] = "Proef"
        let other = try pages.sent("project.revised", revised)
        #expect(other.event?.subject == "project/s" && other.event?.data.compact == #"{"summary":"Nieuw"}"#)
        #expect(other.basis == nil)
    }

    @Test("A form about what is gone, or about another kind, names nothing else instead")
    func gone() throws {
        pages.record("project.started", "project/s", #"{"title":"Proef Plaza"}"#)
        for subject in ["project/weg", "theme/t"] {
            let fields = ["subject": "Proef P", EventForm.meantName("subject"): "\(subject) Proef P"]
            let sent = try pages.sent("project.revised", fields)
            #expect(sent.event == nil && sent.html.contains("Er is geen project met de naam “Proef P”"))
        }
    }

    @Test(
        "What a form says that it showed is taken for no more than an old form",
        arguments: [
            "", "x", "1", "-1 1", "1.5 1", "999999 1", "99999999999999999999 1", "1 x", "1  project/p",
            "1 1 project/p y", "1 1 //elders.example", "1 1 project/p device/aaaaaa y", "1 1  y",
        ]
    )
    func hostile(_ seen: String) throws {
        var fields = try pages.opened("project.revised", ["subject": "project/p"])
        fields["title"] = "Nieuw"
        fields[FormSight.name] = seen
        let sent = try pages.sent("project.revised", fields)
        #expect(sent.event?.data.compact == #"{"title":"Nieuw"}"# && sent.basis == nil)
        fields[FormSight.name] = "0 1 project/p"
        #expect(try pages.sent("project.revised", fields).basis == .zero)
        fields[FormSight.name] = "1 1 project/q"
        #expect(try pages.sent("project.revised", fields).basis == nil)
        let names = ["subject", FormSight.name, EventForm.wasName("title"), EventForm.meantName("subject")]
        let link = Dictionary(uniqueKeysWithValues: names.map { ($0, "project/p") })
        #expect(EventForm.fields(ofLink: link) == ["subject": "project/p"])
    }

    @Test("A form that was opened without a subject takes nothing out of the one that is typed")
    func noSubject() throws {
        var fields = try pages.opened("project.revised")
        fields.merge(["subject": "Warmtenet Noord", "title": "Nieuw"]) { $1 }
        let sent = try pages.sent("project.revised", fields)
        #expect(sent.event?.data.compact == #"{"title":"Nieuw"}"# && sent.basis == nil)
    }

    @Test("What a type needs is recorded with what was touched, and is nothing alone")
    func required() throws {
        var fields = try pages.opened("milestone.moved", ["subject": "milestone/m"])
        #expect(try pages.sent("milestone.moved", fields).event == nil)
        fields["reason"] = "Regen"
        let sent = try pages.sent("milestone.moved", fields)
        #expect(sent.event?.data.compact == #"{"due":"2026-10-01","reason":"Regen"}"#)
        var other = try pages.opened("milestone.moved")
        other["subject"] = "Eerste buis"
        #expect(try pages.sent("milestone.moved", other).event?.data.compact == #"{"due":"2026-11-12"}"#)
    }

    @Test("What this laptop recorded meanwhile is replaced only by somebody who has been told")
    func ownWrites() throws {
        var visit = TestPages.visit()
        visit.desk?.own = OwnDevices(present: DeviceID(unchecked: "device/aaaaaa"))
        visit.desk?.next = Counter(pages.log.size.rawValue + 1)
        var fields = try pages.opened("project.revised", ["subject": "project/p"], visit)
        fields["summary"] = "Uit het formulier"
        let checked = try SentForm.fields(of: pages.sent("project.revised", fields, visit).html)
        #expect(checked[EventPreview.name] != nil)
        change(by: "device/aaaaaa")
        // Also for somebody who saw before what would be recorded.
        let sent = try pages.sent("project.revised", checked, visit)
        #expect(sent.event == nil)
        #expect(sent.html.contains("op deze laptop veranderd nadat dit formulier was geopend: Van een ander."))
        let again = try pages.sent("project.revised", SentForm.fields(of: sent.html), visit)
        #expect(again.event?.data.compact == #"{"summary":"Uit het formulier"}"#)
        fields["summary"] = "Van een ander"
        #expect(try pages.sent("project.revised", fields, visit).event != nil, "the same is no replacement")
    }

    @Test(
        "Of what this laptop recorded meanwhile somebody is told also when it has become another device",
        arguments: ["device/aaaaaa", "device/cccccc"]
    )
    func ownWritesOfAnotherDevice(writer: String) throws {
        var visit = TestPages.visit()
        visit.desk?.own = OwnDevices(present: DeviceID(unchecked: "device/aaaaaa"))
        visit.desk?.next = Counter(1_000)
        var fields = try pages.opened("project.revised", ["subject": "project/p"], visit)
        #expect(fields[FormSight.name] == "\(pages.log.size) 1000 project/p device/aaaaaa")
        fields["summary"] = "Uit het formulier"
        change(by: writer)
        let former = DeviceID(unchecked: "device/aaaaaa")
        visit.desk?.own = OwnDevices(
            present: DeviceID(unchecked: "device/cccccc"),
            former: [OwnDevices.Former(former, until: LogSize(1_000))]
        )
        visit.desk?.next = Counter(2)
        let sent = try pages.sent("project.revised", fields, visit)
        #expect(sent.event == nil)
        #expect(sent.html.contains("op deze laptop veranderd nadat dit formulier was geopend: Van een ander."))
        let again = try pages.sent("project.revised", SentForm.fields(of: sent.html), visit)
        #expect(again.event?.data.compact == #"{"summary":"Uit het formulier"}"#)
    }

    @Test("What a laptop's former device recorded after that, in another folder, is somebody else's")
    func writesOfACopy() throws {
        var visit = TestPages.visit()
        let former = DeviceID(unchecked: "device/aaaaaa")
        visit.desk?.own = OwnDevices(present: former)
        var fields = try pages.opened("project.revised", ["subject": "project/p"], visit)
        let size = pages.log.size
        fields["summary"] = "Uit het formulier"
        change(by: "device/aaaaaa")
        visit.desk?.own = OwnDevices(
            present: DeviceID(unchecked: "device/cccccc"),
            former: [OwnDevices.Former(former, until: size)]
        )
        let sent = try pages.sent("project.revised", fields, visit)
        #expect(sent.event?.data.compact == #"{"summary":"Uit het formulier"}"# && sent.basis == size)
    }

    @Test("What others recorded meanwhile is no matter of asking: both values are kept")
    func othersWrites() throws {
        var visit = TestPages.visit()
        visit.desk?.own = OwnDevices(present: DeviceID(unchecked: "device/aaaaaa"))
        var fields = try pages.opened("project.revised", ["subject": "project/p"], visit)
        let size = pages.log.size
        fields["summary"] = "Uit het formulier"
        change()
        let sent = try pages.sent("project.revised", fields, visit)
        #expect(sent.event?.data.compact == #"{"summary":"Uit het formulier"}"# && sent.basis == size)
    }

    @Test(
        "Text that nobody touched stays as it is, whatever a browser makes of it",
        arguments: [
            #"{"summary":"- een\n- twee\n"}"#, #"{"summary":"  - een\r\n- twee\r\n"}"#,
            #"{"summary":"een\rtwee\r"}"#, #"{"summary":"Cafe\u0301 "}"#, #"{"summary":"\n\n"}"#,
            #"{"title":" Een\nregel\r\nof twee "}"#, #"{"location":{"name":"Assen \n"}}"#,
            #"{"summary":"<a href=\"x\">&amp;</a>"}"#,
        ]
    )
    func untouched(_ data: String) throws {
        pages.record("project.revised", "project/q", data)
        var fields = try pages.opened("project.revised", ["subject": "project/q"])
        #expect(try pages.sent("project.revised", fields).event == nil)
        fields["start"] = "01-02-2027"
        #expect(try pages.sent("project.revised", fields).event?.data.compact == #"{"start":"2027-02-01"}"#)
    }

    @Test("A choice that this version does not offer stays as it is")
    func unknownChoice() throws {
        pages.record("indicator.revised", "indicator/i", #"{"aggregation":"median"}"#)
        var fields = try pages.opened("indicator.revised", ["subject": "indicator/i"])
        fields["name"] = "Huizen"
        #expect(try pages.sent("indicator.revised", fields).event?.data.compact == #"{"name":"Huizen"}"#)
    }

    @Test("Text is kept with its ends, as on the command line; everything else is read without spaces around it")
    func ends() throws {
        let note = try pages.sent("note.added", ["about": " Noord ", "text": "  a\n  b \n"]).event
        #expect(note?.data.compact == #"{"about":"project/p","text":"  a\n  b \n"}"#)
        #expect(try pages.sent("note.added", ["about": "Noord", "text": " \n "]).html.contains("Dit is nodig"))
        let project = ["title": " Nieuw ", "start": " 01-02-2027 ", "budget": " 5 euro ", "phase": "idea "]
        let started = try pages.sent("project.started", project).event
        #expect(
            started?.data.compact == #"{"budget":500,"phase":"idea","start":"2027-02-01","title":" Nieuw "}"#
        )
    }
}
