internal import AgendaModel
internal import Projections
internal import Wording

// What leads from a subject to others, and to forms.

extension SubjectView {
    /// What refers to the subject, kind by kind.
    static func tables(of subject: String, _ kind: String, _ reader: AgendaReader) throws -> [TableView] {
        try (["ambition", "offer", "ask", "project", "milestone", "measurement", "note"]).compactMap { other in
            guard !(kind == "project" && other == "milestone") else { return nil }
            let found = try reader.referrers(of: subject, kind: other, at: 0..<maximumRows)
            guard !found.isEmpty else { return nil }
            let count = reader.facts.referrers.of(subject, kind: other).count
            var caption = Vocabulary.plural(other, reader.visit.language).capitalizedFirst
            if count > maximumRows {
                let values = [
                    "what": caption, "count": reader.visit.number(maximumRows), "all": reader.visit.number(count),
                ]
                caption = reader.visit.say(.pageSomeOf, values)
            }
            let omitted = other == "note" ? "about" : kind
            var table = try reader.table(of: other, found, without: omitted, caption: caption)
            table.more = reader.rest(of: subject, kind: other, beyond: maximumRows)
            return table
        }
    }

    /// So many of a kind stand on the page of what they refer to.
    static let maximumRows = 100

    /// What can be recorded about the subject.
    static func actions(
        _ kind: String,
        of subject: String,
        document: JSONValue,
        _ visit: PageVisit
    ) -> [PageLink] {
        guard visit.canRecord, let role = visit.desk?.role else { return [] }
        var actions: [PageLink] = []
        func add(_ type: String, _ text: String, with query: [(String, String)]) {
            guard Catalogue.current.type(named: type)?.writers.allows(role) == true else { return }
            actions.append(PageLink(text: text, href: visit.address("record/\(type)", query)))
        }
        if kind == "project" || kind == "ambition" {
            add("measurement.recorded", visit.say(.pageRecordMeasurement), with: [(kind, subject)])
        }
        if kind == "project" { add("milestone.planned", visit.say(.pagePlanMilestone), with: [("project", subject)]) }
        if kind != "note", kind != "member", kind != "device" {
            add("note.added", visit.say(.pageRecordNote), with: [("about", subject)])
        }
        for type in Catalogue.current.kind(named: kind)?.types ?? [] where !type.isCreating {
            let verb = Vocabulary.type(type.name, visit.language)
            if kind == "device" || kind == "member" { continue }
            add(type.name, verb.capitalizedFirst, with: [(EventForm.subjectName, subject)])
        }
        return actions
    }
}
