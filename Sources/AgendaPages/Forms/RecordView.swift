internal import AgendaModel
internal import Wording

/// What can be recorded: what is recorded most, and everything by its kind.
struct RecordView {
    struct Group {
        var title: String
        var types: [PageLink]
    }

    var usual: [PageLink]
    var groups: [Group]

    init(_ visit: PageVisit) {
        let role = visit.desk?.role ?? .auditor
        func link(_ type: Catalogue.EventType, _ text: String) -> PageLink {
            PageLink(text: text, href: visit.address("record/\(type.name)"))
        }
        let offered = Catalogue.current.types.filter { EventForm.isOffered($0, to: role) }
        let names = [
            "measurement.recorded", "milestone.reached", "note.added", "project.advanced", "milestone.planned",
        ]
        usual = names.compactMap { name in
            offered.first { $0.name == name }.map { type in
                let kind = Vocabulary.kind(type.kind, visit.language).capitalizedFirst
                return link(type, "\(kind): \(Vocabulary.type(name, visit.language))")
            }
        }
        groups = Catalogue.current.kinds.compactMap { kind in
            let types = offered.filter { $0.kind == kind.name }
            guard !types.isEmpty else { return nil }
            return Group(
                title: Vocabulary.kind(kind.name, visit.language).capitalizedFirst,
                types: types.map { link($0, Vocabulary.type($0.name, visit.language).capitalizedFirst) }
            )
        }
    }
}
