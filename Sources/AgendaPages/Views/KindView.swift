internal import AgendaModel
internal import Projections
internal import Wording

/// All subjects of a kind, some at a time.
struct KindView {
    var title: String
    var table: TableView
    var filter: String?
    var all: String
    var range: String?
    var previous: String?
    var next: String?
    var add: PageLink?

    /// nil for what is no kind that has pages.
    init?(_ kind: String, phase: String?, page: Int, _ reader: AgendaReader) throws {
        let visit = reader.visit
        guard let known = Catalogue.current.kind(named: kind), reader.view.shows("\(kind)/") else { return nil }
        title = Vocabulary.plural(kind, visit.language).capitalizedFirst
        let (found, count) = try Self.subjects(kind, in: phase, page: page, reader)
        filter = phase.map { Vocabulary.value($0, of: "phase", visit.language) }
        all = visit.href("all/\(kind)")
        table = try reader.table(of: kind, found, caption: title)
        func href(_ page: Int) -> String {
            visit.href("all/\(kind)", (phase.map { [("phase", $0)] } ?? []) + [("page", "\(page)")])
        }
        let first = (page - 1) * Self.rows
        previous = page > 1 ? href(page - 1) : nil
        next = first + found.count < count ? href(page + 1) : nil
        range =
            count > Self.rows
            ? visit.say(
                .pageRange,
                [
                    "from": visit.number(min(first + 1, count)), "to": visit.number(first + found.count),
                    "count": visit.number(count),
                ]
            ) : nil
        if visit.canRecord, let role = visit.desk?.role, let type = known.types.first(where: \.isCreating),
            type.writers.allows(role), kind != "member", kind != "device"
        {
            add = PageLink(
                text: visit.say(.pageAdd, ["kind": Vocabulary.kind(kind, visit.language)]),
                href: visit.address("record/\(type.name)")
            )
        }
    }

    private static let rows = 50
    /// So many can be sorted by what they are called while somebody waits; more are in the order of their ids.
    private static let maximumSorted = 10_000

    private static func subjects(
        _ kind: String,
        in phase: String?,
        page: Int,
        _ reader: AgendaReader
    ) throws -> (found: [(subject: String, document: JSONValue)], count: Int) {
        let count = reader.facts.counts[kind] ?? 0
        let first = (page - 1) * rows
        // What is in a phase has to be counted in any case.
        guard count <= maximumSorted || phase != nil else {
            var passed = 0
            var found: [(subject: String, document: JSONValue)] = []
            try reader.view.forEachDocument(kind: kind) { subject, document in
                passed += 1
                if passed > first { found.append((subject, try JSONValue(folded: document))) }
                return found.count < rows
            }
            return (found, count)
        }
        let sorted = try Self.sorted(kind, in: phase, reader)
        let shown = sorted.dropFirst(first).prefix(rows)
        let found = try shown.compactMap { subject in try reader.document(subject).map { (subject, $0) } }
        return (found, sorted.count)
    }

    /// By what they are called, measurements from the last day on; of documents, only that is looked at.
    private static func sorted(_ kind: String, in phase: String?, _ reader: AgendaReader) throws -> [String] {
        let isByDay = kind == "measurement"
        let names = isByDay ? ["on"] : ["title", "name", "text", "due"]
        var keyed: [(key: String, subject: String)] = []
        try reader.view.forEachDocument(kind: kind) { subject, document in
            var texts: [String: String] = [:]
            try DocumentMembers.forEach(in: document) { name, value in
                let name = String(decoding: name, as: UTF8.self)
                if name == "phase" || names.contains(name) { texts[name] = try DocumentMembers.text(value) }
            }
            guard phase == nil || texts["phase"] == phase else { return true }
            let key = names.lazy.compactMap { texts[$0] }.first ?? ""
            keyed.append((isByDay ? key : key.lowercased(), subject))
            return true
        }
        keyed.sort { isByDay ? $0.key > $1.key : $0.key < $1.key }
        return keyed.map(\.subject)
    }
}
