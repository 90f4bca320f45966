internal import AgendaModel
internal import Projections
internal import Wording

/// All subjects of a kind, some at a time.
struct KindView {
    var title: String
    var table: TableView
    var filter: String?
    var all: String
    /// Where there is more than a page has.
    var paging: Paging?
    var add: PageLink?

    /// Which of a kind are listed.
    enum Filter {
        case all
        /// Projects in it.
        case phase(String)
        /// Those that refer to a subject.
        case referring(to: String)

        init(_ query: [String: String]) {
            if let subject = query["of"] {
                self = .referring(to: subject)
            } else if let phase = query["phase"] {
                self = .phase(phase)
            } else {
                self = .all
            }
        }

        /// The query that asks for it.
        var query: [(String, String)] {
            switch self {
            case .all: []
            case .phase(let phase): [("phase", phase)]
            case .referring(let subject): [("of", subject)]
            }
        }
    }

    /// nil for what is no kind that has pages, for a subject that there is none of, and where there is no such page.
    init?(_ kind: String, _ wanted: Filter, page: Int, in reader: AgendaReader) throws {
        let visit = reader.visit
        guard let known = Catalogue.current.kind(named: kind), reader.view.shows("\(kind)/"),
            let listed = try Self.listed(kind, wanted, page: page, in: reader)
        else { return nil }
        title = Vocabulary.plural(kind, visit.language).capitalizedFirst
        filter =
            switch wanted {
            case .all: nil
            case .phase(let phase): Vocabulary.value(phase, of: "phase", visit.language)
            case .referring(let subject): try reader.title(subject)
            }
        all = visit.href("all/\(kind)")
        table = try reader.table(of: kind, listed.found, caption: title)
        let range = visit.say(.pageRange, visit.numbers(of: listed.items, among: listed.count))
        paging = Paging(page, of: listed.count, each: Self.rows, saying: range) { page in
            visit.href("all/\(kind)", wanted.query + [("page", "\(page)")])
        }
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

    /// How many documents a page of a list reads.
    static func documentCount(
        of kind: String,
        _ wanted: Filter,
        page: Int,
        knowing facts: AgendaFacts
    ) -> Int {
        switch wanted {
        case .referring: return rows
        case .phase(let phase):
            let count = kind == "project" ? facts.phases[phase] ?? 0 : 0
            return count <= maximumSorted ? count : rows
        case .all:
            let count = facts.counts[kind] ?? 0
            return count <= maximumSorted ? count : min(page * rows, count)
        }
    }

    /// What is on a page.
    private struct Listed {
        var found: [(subject: String, document: JSONValue)]
        /// Where they stand among all.
        var items: Range<Int>
        var count: Int
    }

    /// nil where there is no such page.
    private static func listed(
        _ kind: String,
        _ wanted: Filter,
        page: Int,
        in reader: AgendaReader
    ) throws -> Listed? {
        var projects: [String]?
        var count = reader.facts.counts[kind] ?? 0
        switch wanted {
        case .all: break
        case .phase(let phase):
            let found = kind == "project" ? reader.facts.projects(in: phase) : []
            projects = found
            count = found.count
        case .referring(let subject):
            guard try reader.document(subject) != nil else { return nil }
            let count = reader.facts.referrers.of(subject, kind: kind).count
            guard let items = Paging.items(on: page, of: count, each: rows) else { return nil }
            let found = try reader.referrers(of: subject, kind: kind, at: items)
            return Listed(found: found, items: items, count: count)
        }
        guard let items = Paging.items(on: page, of: count, each: rows) else { return nil }
        var found: [(subject: String, document: JSONValue)] = []
        if count <= maximumSorted {
            let sorted = try Self.sorted(kind, of: projects, reader)
            found = try reader.documents(Array(sorted.dropFirst(items.lowerBound).prefix(items.count)))
        } else if let projects {
            found = try reader.documents(Array(projects[items]))
        } else {
            var passed = 0
            try reader.view.forEachDocument(kind: kind) { subject, document in
                passed += 1
                if passed > items.lowerBound { found.append((subject, try JSONValue(folded: document))) }
                return passed < items.upperBound
            }
        }
        return Listed(found: found, items: items, count: count)
    }

    /// By what they are called, measurements from the last day on.
    private static func sorted(_ kind: String, of subjects: [String]?, _ reader: AgendaReader) throws -> [String] {
        var keyed: [(key: String, subject: String)] = []
        if let subjects {
            for subject in subjects {
                if let document = try reader.view.document(of: subject) {
                    keyed.append((try key(of: document, kind), subject))
                }
            }
        } else {
            try reader.view.forEachDocument(kind: kind) { subject, document in
                keyed.append((try key(of: document, kind), subject))
                return true
            }
        }
        keyed.sort { kind == "measurement" ? $0.key > $1.key : $0.key < $1.key }
        return keyed.map(\.subject)
    }

    /// What a document is sorted by; only that is looked at.
    private static func key(of document: [UInt8], _ kind: String) throws -> String {
        let isByDay = kind == "measurement"
        let names = isByDay ? ["on"] : ["title", "name", "text", "due"]
        var texts: [String: String] = [:]
        try DocumentMembers.forEach(in: document) { name, value in
            let name = String(decoding: name, as: UTF8.self)
            if names.contains(name) { texts[name] = try DocumentMembers.text(value) }
        }
        let key = names.lazy.compactMap { texts[$0] }.first ?? ""
        return isByDay ? key : key.lowercased()
    }
}
