internal import AgendaModel
internal import GRDB

/// What a subject that somebody typed may be.
package enum SubjectMatch: Hashable, Sendable {
    case one(String)
    /// The candidates, sorted bytewise.
    case many([String])
    case none
}

extension StateView {
    /// The subject that is meant by its whole name or by its name without the kind: `project/k3j9x2-4` or `k3j9x2-4`.
    package func subject(matching text: String) throws -> SubjectMatch {
        if try exists(text) { return .one(text) }
        guard !text.isEmpty, !text.contains("/") else { return .none }
        let found = try kinds().map { "\($0)/\(text)" }.filter(exists)
        switch found.count {
        case 0: return .none
        case 1: return .one(found[0])
        default: return .many(found)
        }
    }

    /// Whether an event about the subject has been recorded.
    package func exists(_ subject: String) throws -> Bool {
        try hasPending(subject) || SubjectRow.exists(subject, db)
    }

    /// The subjects that pending events are about, sorted bytewise; all subjects of a state in memory.
    package var pendingSubjects: [String] { overlaid }

    /// Of these, those that the log does not have.
    package func newSubjects() throws -> [String] {
        isInMemory ? overlaid : try overlaid.filter { try !SubjectRow.exists($0, db) }
    }

    /// The kinds that there are subjects of, sorted bytewise; also kinds that this software does not know.
    package func kinds() throws -> [String] {
        var found = Set(overlaid.map(Self.kind))
        var bound = ""
        while let subject = try SubjectRow.first(from: bound, db) {
            let kind = Self.kind(of: subject)
            found.insert(kind)
            bound = kind + "0"
        }
        return found.sorted()
    }

    /// How many subjects there are; of one kind or of all.
    package func count(kind: String? = nil) throws -> Int {
        let range = SubjectRange(kind: kind, after: nil)
        let pending = range.slice(of: overlaid)
        guard !isInMemory else { return pending.count }
        return try range.count(db) + pending.count(where: { try !SubjectRow.exists($0, db) })
    }

    private static func kind(of subject: String) -> String { String(subject.prefix { $0 != "/" }) }
}
