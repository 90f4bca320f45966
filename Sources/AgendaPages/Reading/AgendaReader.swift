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

    /// Those of a kind whose documents refer to a subject, with their documents.
    func referrers(of subject: String, kind: String) throws -> [(subject: String, document: JSONValue)] {
        try documents(facts.referrers.of(subject, kind: kind).map(\.subject))
    }

    /// The first of those, the latest measurement at the front; and how many there are in all.
    func referrers(
        of subject: String,
        kind: String,
        atMost limit: Int
    ) throws -> (found: [(subject: String, document: JSONValue)], count: Int) {
        let all = facts.referrers.of(subject, kind: kind)
        let sorted = kind == "measurement" ? all.sorted { $0.day > $1.day } : all
        return (try documents(sorted.prefix(limit).map(\.subject)), all.count)
    }

    /// The first targets of an ambition, as many as a page has; and words that say so where there are more.
    func targets(of ambition: String) -> (shown: [Progress], more: String?) {
        let all = facts.progress.filter { $0.ambition == ambition }
        let shown = Array(all.prefix(Self.maximumTargets))
        guard shown.count < all.count else { return (shown, nil) }
        let values = [
            "what": visit.say(.pageTargets), "count": visit.number(shown.count), "all": visit.number(all.count),
        ]
        return (shown, visit.say(.pageSomeOf, values))
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
