internal import AgendaModel
internal import Projections
internal import Wording

/// What has all of some words in it.
struct FindView {
    struct Found {
        var title: String
        var href: String
        var kind: String
        var standing: PageMark?
        var excerpt: String?
    }

    var words: String
    var found: [Found]
    var hasFound: Bool
    var isAsked: Bool
    var summary: String

    init(_ words: String, _ reader: AgendaReader) throws {
        let search = TextSearch(words: words.split(whereSeparator: \.isWhitespace).prefix(Self.maximumWords))
        self.words = words
        isAsked = !search.isEmpty
        var found: [Found] = []
        var count = 0
        for kind in isAsked ? Self.kinds : [] {
            try reader.view.forEachDocument(kind: kind, having: search, in: Naming.textFields) { subject, values in
                count += 1
                guard found.count < Self.maximumCount else { return true }
                let texts = Naming.textFields.compactMap { values[$0]?.text }
                found.append(
                    Found(
                        title: try reader.title(subject),
                        href: reader.visit.href(subject),
                        kind: Vocabulary.kind(kind, reader.visit.language),
                        standing: reader.standing(values, of: subject),
                        excerpt: texts.dropFirst().first.map { $0.count > 180 ? $0.prefix(179) + "…" : $0 }
                    )
                )
                return true
            }
        }
        self.found = found
        hasFound = !found.isEmpty
        summary = reader.visit.say(
            count == 1 ? .pageFoundOne : count > Self.maximumCount ? .pageFoundMore : .pageFoundMany,
            ["count": reader.visit.number(count), "shown": reader.visit.number(Self.maximumCount), "words": words]
        )
    }

    /// What people look for first stands first.
    private static let kinds = [
        "project", "ambition", "theme", "offer", "ask", "organisation", "indicator", "milestone", "note", "measurement",
    ]
    private static let maximumCount = 100
    private static let maximumWords = 16
}
