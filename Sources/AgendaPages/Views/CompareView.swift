internal import AgendaModel
package import Projections
internal import Wording

/// Two moments of the agenda that somebody compares.
package struct CompareContent: Sendable {
    /// As typed.
    package var from: String
    package var to: String
    /// What is wrong with one of them.
    package var fault: String?
    /// nil where something is wrong, or nothing was asked for.
    package var differences: [SubjectDifference]?

    package init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// What differs, as the page shows it.
struct CompareView {
    struct Subject {
        var kind: String
        var title: String
        var href: String
        var isNew: Bool
        var changes: [Change]
        var hasChanges: Bool
    }

    struct Change {
        var field: String
        var before: String
        var after: String
    }

    var action: String
    var from: String
    var to: String
    var fault: String?
    var summary: String?
    var subjects: [Subject]

    init(_ content: CompareContent, _ reader: AgendaReader) throws {
        let visit = reader.visit
        action = visit.address("compare")
        (from, to, fault) = (content.from, content.to, content.fault)
        let found = try (content.differences ?? []).compactMap { try Subject($0, reader) }
        subjects = Array(found.prefix(Self.maximumCount))
        summary = content.differences.map { _ in
            found.count > Self.maximumCount
                ? visit.say(
                    .pageSomeOf,
                    [
                        "what": visit.say(.pageCompared), "count": visit.number(Self.maximumCount),
                        "all": visit.number(found.count),
                    ]
                )
                : visit.say(
                    found.count == 1 ? .pageComparedOne : .pageComparedMany,
                    ["count": visit.number(found.count)]
                )
        }
    }

    private static let maximumCount = 200
}

extension CompareView.Subject {
    /// nil for what says nothing to people.
    init?(_ difference: SubjectDifference, _ reader: AgendaReader) throws {
        let (visit, subject) = (reader.visit, difference.subject)
        let shown = difference.changes.filter { $0.before != $0.after && !Self.saysNothing.contains($0.path) }
        guard difference.isCreated || !shown.isEmpty else { return nil }
        changes = try shown.map { change in
            func words(_ value: FieldValue) throws -> Happening.Detail {
                try reader.detail(change.path, value.json, of: subject, isErased: value == .erased)
            }
            let after = try words(change.after)
            return CompareView.Change(
                field: after.field,
                before: change.before == .absent ? "" : try words(change.before).value,
                after: after.value
            )
        }
        kind = Vocabulary.kind(subject.kindPart, visit.language)
        title = try reader.title(subject)
        href = visit.href(subject)
        isNew = difference.isCreated
        hasChanges = !changes.isEmpty
    }

    /// Bytes that only programs read.
    private static let saysNothing: Set<String> = ["/key", "/signature", "/count", "/from", "/through"]
}

extension AgendaPages {
    /// What differs between two moments.
    ///
    /// - Throws: what reading throws.
    package func compare(_ content: CompareContent) throws -> String {
        let view = try CompareView(content, reader)
        return render("compare", view, title: reader.visit.say(.pageCompare), section: "history")
    }
}
