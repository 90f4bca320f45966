import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Projections
import TypedInput
import Wording

@testable import AgendaPages

/// An agenda in memory, and the pages of whoever looks at it.
struct TestPages {
    let log: TestLog

    init() throws { log = try TestLog() }

    /// Records an event that an agenda may have.
    func record(_ type: String, _ subject: String, _ data: String) { log.record(type, subject, data) }

    /// A visit of somebody who may record everything.
    static func visit(_ language: Language = .dutch, today: String = "2026-11-12", role: Role? = .admin) -> PageVisit {
        var visit = PageVisit(localizer: Localizer(language), today: today, base: "", path: "")
        visit.desk = role.map {
            PageVisit.Desk(notSent: 2, refused: 1, conflicts: 0, role: $0, token: "bewijs", mark: "1")
        }
        return visit
    }

    /// Reads what the log has now.
    func reading<Value>(
        _ visit: PageVisit = visit(),
        personal: PersonalFields.Treatment = .included,
        provingWith checker: ProofSource.Checker? = nil,
        _ body: (AgendaPages) throws -> Value
    ) throws -> Value {
        try log.commit()
        let state = try TimeTravel.state(of: log.store, at: log.store.head().size)
        return try PastState(state).read(personal: personal) { view in
            let happenings = personal == .included ? Happenings(in: log.store, upTo: view.size) : nil
            let facts = try AgendaFacts(view)
            let proofs = checker.map { ProofSource(log.store, checkedBy: $0) }
            let reader = AgendaReader(view, facts: facts, visit: visit, happenings: happenings, proofs: proofs)
            return try body(AgendaPages(reader))
        }
    }

    func page(_ path: String, _ query: [String: String] = [:], _ visit: PageVisit = visit()) throws -> String? {
        try reading(visit) { try $0.page(at: path.split(separator: "/").map(String.init), query) }
    }

    /// A form into which something was typed, and the event that was read of it.
    func form(
        _ type: String,
        _ typed: [String: String],
        _ visit: PageVisit = visit()
    ) throws -> (event: TypedEvent?, html: String) {
        try reading(visit) { pages in
            var form = try Self.form(type, typed, pages)
            let event = EventForm.looksUp(typed) ? nil : try pages.event(of: &form)
            return (event, try pages.form(form))
        }
    }

    /// What a browser sends of a form that a link leads to, when nobody touches it.
    func opened(
        _ type: String,
        _ link: [String: String] = [:],
        _ visit: PageVisit = visit()
    ) throws -> [String: String] {
        try reading(visit) { pages in
            try SentForm.fields(of: pages.form(Self.form(type, EventForm.fields(ofLink: link), pages)))
        }
    }

    /// What is recorded of a form that a browser sent, as somebody who had seen so much; and the form that comes back.
    func sent(
        _ type: String,
        _ fields: [String: String],
        _ visit: PageVisit = visit()
    ) throws -> (event: TypedEvent?, basis: LogSize?, html: String) {
        try reading(visit) { pages -> (event: TypedEvent?, basis: LogSize?, html: String) in
            var form = try Self.form(type, fields, pages)
            let event = try pages.event(of: &form)
            return (event, event.flatMap { form.basis(of: $0) }, try pages.form(form))
        }
    }

    /// The fields of a form into which nothing was typed.
    func items(_ type: String) throws -> [EventForm.Item] {
        try reading(Self.visit()) { try Self.form(type, [:], $0).items }
    }

    static func form(_ type: String, _ typed: [String: String], _ pages: AgendaPages) throws -> EventForm {
        let language = pages.reader.visit.localizer.language
        let person = Typist(language, now: Timestamp("2026-11-12T10:00:00.000Z")!, in: .gmt)
        return try EventForm(typeNamed: type, typed: typed, pages.reader, by: person)
    }

    /// An agenda with one of everything.
    func fill() {
        record("agenda.founded", "agenda/proef", #"{"title":"Proefagenda","region":"Regio","from":"2026-01-01"}"#)
        record("theme.opened", "theme/t", #"{"title":"Wonen","summary":"Over wonen"}"#)
        record(
            "indicator.defined",
            "indicator/i",
            #"{"name":"Nieuwe woningen","unit":"woningen","aggregation":"sum"}"#
        )
        record(
            "ambition.proposed",
            "ambition/a",
            #"{"title":"Meer woningen","theme":"theme/t","targets":{"indicator/i":{"quantity":10000,"due":"2030-12-31"}}}"#
        )
        record("organisation.registered", "organisation/o", #"{"name":"Gemeente","website":"https://example.org"}"#)
        record(
            "project.started",
            "project/p",
            #"{"title":"Warmtenet Noord","theme":"theme/t","phase":"idea","lead":"organisation/o","budget":1250050,"ambitions":{"ambition/a":true}}"#
        )
        record("project.started", "project/q", #"{"title":"Warmtenet Zuid","theme":"theme/t"}"#)
        record("milestone.planned", "milestone/m", #"{"project":"project/p","title":"Eerste buis","due":"2026-10-01"}"#)
        record(
            "measurement.recorded",
            "measurement/x",
            #"{"project":"project/p","indicator":"indicator/i","value":1250.5,"on":"2026-11-01"}"#
        )
        record("note.added", "note/n", #"{"about":"project/p","text":"Bewoners zijn blij"}"#)
    }
}
