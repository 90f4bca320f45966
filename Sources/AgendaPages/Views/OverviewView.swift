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
    var phases: [Counted]
    var projects: Counted
    var lately: [Happening]
    var hasLately: Bool
    var isEmpty: Bool
    /// Where a day is chosen to see the agenda of; nil where the history has that.
    var then: String?
}

extension OverviewView {
    init(_ reader: AgendaReader) throws {
        let visit = reader.visit
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
        themes = try Self.themes(reader)
        phases = Self.phases(reader)
        projects = Counted(
            text: Vocabulary.plural("project", visit.language),
            count: visit.number(reader.facts.counts["project"] ?? 0),
            href: visit.href("all/project")
        )
        lately = try reader.happenings?.last(8, ofPeople: false, for: reader).items ?? []
        hasLately = !lately.isEmpty
        isEmpty = themes.isEmpty && reader.facts.counts["project"] ?? 0 == 0
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

    private static func themes(_ reader: AgendaReader) throws -> [Theme] {
        let visit = reader.visit
        let start = reader.facts.agenda?.document["from"]?.text
        let progress = Dictionary(grouping: reader.facts.progress, by: \.ambition)
        let themes = try reader.all("theme").sorted { left, right in
            let (first, second) = (
                left.document["order"]?.double ?? .infinity, right.document["order"]?.double ?? .infinity
            )
            return (first, left.document["title"]?.text ?? "") < (second, right.document["title"]?.text ?? "")
        }
        return try themes.map { theme in
            let ambitions = try reader.referrers(of: theme.subject, kind: "ambition").map { ambition in
                let targets = try (progress[ambition.subject] ?? []).map { try TargetFigure($0, from: start, reader) }
                return Ambition(
                    title: try reader.title(ambition.subject),
                    href: visit.href(ambition.subject),
                    standing: reader.standing(ambition.document, of: ambition.subject),
                    horizon: reader.date(ambition.document["horizon"]).orNil,
                    targets: targets,
                    hasTargets: !targets.isEmpty
                )
            }
            let isClosed = theme.document["status"] == "closed"
            return Theme(
                title: try reader.title(theme.subject),
                href: visit.href(theme.subject),
                summary: theme.document["summary"]?.text,
                standing: isClosed ? reader.standing(theme.document, of: theme.subject) : nil,
                ambitions: ambitions.filter(\.hasTargets),
                hasAmbitions: ambitions.contains(where: \.hasTargets),
                others: ambitions.filter { !$0.hasTargets },
                hasOthers: ambitions.contains { !$0.hasTargets }
            )
        }
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
