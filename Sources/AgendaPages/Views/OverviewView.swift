internal import AgendaModel
internal import Projections
internal import Wording

/// The agenda at a glance: themes, ambitions and how far they are, what needs attention, what changed.
struct OverviewView {
    struct Theme {
        var title: String
        var href: String
        var summary: String?
        var standing: PageMark?
        /// Those with targets, whose figures are shown.
        var ambitions: [Ambition]
        var hasAmbitions: Bool
        var others: [Ambition]
        var hasOthers: Bool
    }

    struct Ambition {
        var title: String
        var href: String
        var standing: PageMark?
        var horizon: String?
        var targets: [TargetFigure]
        var hasTargets: Bool
    }

    struct Counted {
        var text: String
        var count: String
        var href: String
    }

    var title: String
    var region: String?
    var period: String?
    var vision: String?
    var records: [PageLink]
    var attention: [PageLink]
    var hasAttention: Bool
    var themes: [Theme]
    /// Where there is more than a page has.
    var paging: Paging?
    var phases: [Counted]
    var projects: Counted
    var lately: [Happening]
    var hasLately: Bool
    var isEmpty: Bool
    /// Where a day is chosen to see the agenda of; nil where the history has that.
    var then: String?
}

extension OverviewView {
    /// nil where there is no such page.
    init?(page: Int, _ reader: AgendaReader) throws {
        let visit = reader.visit
        let overview = reader.facts.overview
        guard let items = Paging.items(on: page, of: overview.rows.count, each: Self.rows) else { return nil }
        let agenda = reader.facts.agenda?.document
        func date(_ name: String) -> String? { agenda?[name]?.text.map(visit.localizer.date) }
        title = reader.agendaTitle
        then = visit.showsHistory ? nil : visit.address("")
        region = agenda?["region"]?.text
        vision = agenda?["vision"]?.text
        period = [date("from"), date("to")].compactMap(\.self).joined(separator: " – ").orNil
        records = Self.records(visit)
        attention = try Self.attention(reader)
        hasAttention = !attention.isEmpty
        themes = try Self.themes(overview.rows[items], reader)
        paging = Self.paging(page, of: overview, visit)
        phases = Self.phases(reader)
        projects = Counted(
            text: Vocabulary.plural("project", visit.language),
            count: visit.number(reader.facts.counts["project"] ?? 0),
            href: visit.href("all/project")
        )
        lately = try reader.happenings?.last(8, ofPeople: false, for: reader).items ?? []
        hasLately = !lately.isEmpty
        isEmpty = overview.themes == 0 && reader.facts.counts["project"] ?? 0 == 0
    }

    /// What is recorded most, for those who may.
    private static func records(_ visit: PageVisit) -> [PageLink] {
        guard let desk = visit.desk, visit.past == nil, desk.role >= .recorder else { return [] }
        return [
            (Message.pageRecordMeasurement, "measurement.recorded"), (.pageRecordMilestone, "milestone.reached"),
            (.pageRecordNote, "note.added"),
        ].map { PageLink(text: visit.say($0.0), href: visit.address("record/\($0.1)")) }
    }

    private static func attention(_ reader: AgendaReader) throws -> [PageLink] {
        let visit = reader.visit
        return try reader.facts.overdue(on: visit.today, atMost: 5).map { milestone in
            let project = try reader.document(milestone.subject)?["project"]?.text
            let values = [
                "title": try reader.title(milestone.subject), "day": visit.localizer.date(milestone.due),
                "project": try project.map(reader.title) ?? "",
            ]
            return PageLink(text: visit.say(.pageOverdue, values), href: visit.href(milestone.subject))
        }
    }

    /// So many targets, and what has none, are on a page.
    static let rows = 200

    private static func paging(_ page: Int, of overview: OverviewRows, _ visit: PageVisit) -> Paging? {
        let pages = (overview.rows.count + rows - 1) / rows
        let text = visit.say(
            .pageOverviewRange,
            [
                "page": visit.number(page), "pages": visit.number(pages), "themes": visit.number(overview.themes),
                "ambitions": visit.number(overview.ambitions), "targets": visit.number(overview.targets),
            ]
        )
        return Paging(page, of: overview.rows.count, each: rows, saying: text) { visit.href("", [("page", "\($0)")]) }
    }

    /// The themes of some rows, each with what of it is among these.
    private static func themes(_ rows: ArraySlice<OverviewRows.Row>, _ reader: AgendaReader) throws -> [Theme] {
        let visit = reader.visit
        return try rows.stretches(by: \.theme).compactMap { rows in
            guard let subject = rows.first?.theme, let document = try reader.document(subject) else { return nil }
            let ambitions = try rows.stretches(by: \.ambition).compactMap { try ambition($0, reader) }
            let isClosed = document["status"] == "closed"
            return Theme(
                title: try reader.title(subject),
                href: visit.href(subject),
                summary: document["summary"]?.text,
                standing: isClosed ? reader.standing(document, of: subject) : nil,
                ambitions: ambitions.filter(\.hasTargets),
                hasAmbitions: ambitions.contains(where: \.hasTargets),
                others: ambitions.filter { !$0.hasTargets },
                hasOthers: ambitions.contains { !$0.hasTargets }
            )
        }
    }

    /// The ambition of some rows, with the targets that are among these; nil for the row of a theme without ambitions.
    private static func ambition(
        _ rows: ArraySlice<OverviewRows.Row>,
        _ reader: AgendaReader
    ) throws -> Ambition? {
        guard let subject = rows.first?.ambition, let document = try reader.document(subject) else { return nil }
        let facts = reader.facts
        let start = facts.agenda?.document["from"]?.text
        let targets = try rows.compactMap(\.target).map { try TargetFigure(facts.progress[$0], from: start, reader) }
        return Ambition(
            title: try reader.title(subject),
            href: reader.visit.href(subject),
            standing: reader.standing(document, of: subject),
            horizon: reader.date(document["horizon"]).orNil,
            targets: targets,
            hasTargets: !targets.isEmpty
        )
    }

    private static func phases(_ reader: AgendaReader) -> [Counted] {
        let visit = reader.visit
        return ["idea", "preparation", "realisation", "completed", "halted"].compactMap { phase in
            guard let count = reader.facts.phases[phase] else { return nil }
            return Counted(
                text: Vocabulary.value(phase, of: "phase", visit.language),
                count: visit.number(count),
                href: visit.href("all/project", [("phase", phase)])
            )
        }
    }
}
