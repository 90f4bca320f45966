internal import AgendaModel
internal import EventLog
package import Projections
internal import Wording

/// Reads one state of an agenda for the pages of one visit.
///
/// Valid only as long as its view is.
package struct AgendaReader {
    package let view: StateView
    let facts: AgendaFacts
    let visit: PageVisit
    /// What happened; nil where that is not for everybody.
    let happenings: Happenings?
    /// Shows where values come from; nil where that cannot be shown.
    let proofs: ProofSource?
    let naming: Naming

    /// - Parameters:
    ///   - view: the state.
    ///   - facts: of the same state.
    ///   - visit: who looks.
    ///   - happenings: tells what happened; nil where that is not for everybody.
    ///   - proofs: shows where values come from; nil where that cannot be shown.
    package init(
        _ view: StateView,
        facts: AgendaFacts,
        visit: PageVisit,
        happenings: Happenings?,
        proofs: ProofSource? = nil
    ) {
        self.view = view
        self.facts = facts
        self.visit = visit
        self.happenings = happenings
        self.proofs = proofs
        naming = view.naming
    }

    /// What the agenda is called.
    var agendaTitle: String {
        facts.agenda.flatMap { $0.document["title"]?.text }
            ?? Vocabulary.kind("agenda", visit.language).capitalizedFirst
    }

    func document(_ subject: String) throws -> JSONValue? {
        try view.document(of: subject).map { try JSONValue(folded: $0) }
    }

    /// What a subject is called; its id where it has no name.
    func title(_ subject: String) throws -> String {
        let title = view.shows(subject) ? try naming.title(of: subject) : nil
        return title ?? String(subject.drop { $0 != "/" }.dropFirst())
    }

    func link(_ subject: String) throws -> PageLink {
        PageLink(text: try title(subject), href: visit.href(subject))
    }

    /// Some of those of a kind whose documents refer to a subject, with their documents.
    ///
    /// The latest measurement stands at the front, and the milestone that is due first.
    ///
    /// - Parameters:
    ///   - subject: what they refer to.
    ///   - kind: of those.
    ///   - items: where these stand among all.
    /// - Returns: those that there are.
    /// - Throws: what reading throws.
    func referrers(
        of subject: String,
        kind: String,
        at items: Range<Int>
    ) throws -> [(subject: String, document: JSONValue)] {
        let all = facts.referrers.of(subject, kind: kind)
        let sorted =
            switch kind {
            case "measurement": all.sorted { $0.day > $1.day }
            case "milestone": all.sorted { $0.day < $1.day }
            default: all
            }
        return try documents(sorted.dropFirst(items.lowerBound).prefix(items.count).map(\.subject))
    }

    /// Where all those of a kind that refer to a subject are listed; nil where there are no more than stand here.
    func rest(of subject: String, kind: String, beyond shown: Int) -> PageLink? {
        let count = facts.referrers.of(subject, kind: kind).count
        guard count > shown else { return nil }
        return PageLink(
            text: visit.say(.pageShowAllOf, ["count": visit.number(count)]),
            href: visit.href("all/\(kind)", [("of", subject)])
        )
    }

    /// The targets of an ambition that are on a page, and where that stands among its pages; nil where there is no such page.
    ///
    /// - Parameters:
    ///   - ambition: whose targets they are; whatever is none has none.
    ///   - page: counted from 1.
    ///   - path: of its pages.
    /// - Returns: how far each has come.
    func targets(of ambition: String, on page: Int, at path: String) -> (shown: [Progress], paging: Paging?)? {
        let all = facts.targets(of: ambition)
        guard let items = Paging.items(on: page, of: all.count, each: Self.maximumTargets) else { return nil }
        let shown = Array(all.dropFirst(items.lowerBound).prefix(items.count))
        let values = visit.numbers(of: items, among: all.count).merging(["what": visit.say(.pageTargets)]) { $1 }
        let text = visit.say(.pageRangeOf, values)
        let paging = Paging(page, of: all.count, each: Self.maximumTargets, saying: text) { page in
            visit.href(path, [("page", "\(page)")])
        }
        return (shown, paging)
    }

    private static let maximumTargets = 100

    func documents(_ subjects: [String]) throws -> [(subject: String, document: JSONValue)] {
        try subjects.compactMap { name in try document(name).map { (name, $0) } }
    }

    /// All documents of a kind.
    func all(_ kind: String) throws -> [(subject: String, document: JSONValue)] {
        var found: [(subject: String, document: JSONValue)] = []
        try view.forEachDocument(kind: kind) { subject, document in
            found.append((subject, try JSONValue(folded: document)))
            return true
        }
        return found
    }

    /// A value of a document in words, without ids.
    func words(_ value: JSONValue, at path: String, of subject: String) -> String {
        visit.localizer.value(Array(value.compact.utf8), at: path, of: subject, [:])
    }

    func date(_ value: JSONValue?) -> String { value?.text.map(visit.localizer.date) ?? "" }

    /// A number with its unit.
    func quantity(_ value: JSONValue?, unit: String?) -> String {
        guard case .number(let digits)? = value else { return "" }
        return visit.localizer.number(digits) + (unit.map { " \($0)" } ?? "")
    }

    /// How far something is, in a word, with the class that colours it.
    func standing(_ document: JSONValue, of subject: String) -> PageMark? {
        if document["voided"] == true {
            return PageMark(text: Vocabulary.field("voided", of: "measurement", visit.language), mark: "ended")
        }
        if document["retracted"] == true {
            return PageMark(text: Vocabulary.field("retracted", of: "note", visit.language), mark: "ended")
        }
        if document["dropped"] == true {
            return PageMark(text: Vocabulary.field("dropped", of: "milestone", visit.language), mark: "ended")
        }
        for name in ["status", "phase"] {
            if let value = document[name]?.text {
                return PageMark(text: words(.string(value), at: "/\(name)", of: subject), mark: value)
            }
        }
        return nil
    }
}

/// Text that leads somewhere.
struct PageLink {
    var text: String
    var href: String
}

/// A word about how something stands.
struct PageMark {
    var text: String
    /// Of the style sheet.
    var mark: String
}
