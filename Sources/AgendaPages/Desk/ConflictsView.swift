internal import AgendaModel
internal import Wording

/// Fields that the same authors wrote without knowing of each other, settled together.
package struct ConflictContent: Sendable {
    package var subject: String
    package var paths: [String]
    /// Of the fields, in order: somebody settles what they have looked at.
    package var marks: [String]
    package var values: [Value]

    package struct Value: Sendable {
        package var number: Int
        /// JSON, or nil for absent, by field.
        package var json: [String?]
        package var isErased: [Bool]
        package var who: String
        package var when: String
        package var knowledge: String

        package init(number: Int, json: [String?], isErased: [Bool], who: String, when: String, knowledge: String) {
            self.number = number
            self.json = json
            self.isErased = isErased
            self.who = who
            self.when = when
            self.knowledge = knowledge
        }
    }

    package init(subject: String, paths: [String], marks: [String], values: [Value]) {
        self.subject = subject
        self.paths = paths
        self.marks = marks
        self.values = values
    }
}

/// The conflicts as the page shows them.
struct ConflictsView {
    struct Conflict {
        var title: String
        var href: String
        var kind: String
        var values: [Value]
        var subject: String
        var paths: String
        var marks: String
    }

    struct Value {
        var number: Int
        var isShown: Bool
        var lines: [Happening.Detail]
        var who: String
        var when: String
        var knowledge: String
        var choice: String
    }

    var conflicts: [Conflict]
    var hasConflicts: Bool
    var action: String
    var token: String

    init(_ found: [ConflictContent], _ reader: AgendaReader) throws {
        let visit = reader.visit
        conflicts = try found.map { conflict in
            Conflict(
                title: try reader.title(conflict.subject),
                href: visit.href(conflict.subject),
                kind: Vocabulary.kind(conflict.subject.kindPart, visit.language),
                values: try conflict.values.map { value in
                    let lines = try zip(conflict.paths, zip(value.json, value.isErased)).map { path, part in
                        try reader.detail(path, part.0.map { Array($0.utf8) }, of: conflict.subject, isErased: part.1)
                    }
                    return Value(
                        number: value.number,
                        isShown: value.number == 1,
                        lines: lines,
                        who: value.who,
                        when: value.when,
                        knowledge: value.knowledge,
                        choice: lines.first?.value ?? ""
                    )
                },
                subject: conflict.subject,
                paths: conflict.paths.joined(separator: " "),
                marks: conflict.marks.joined(separator: " ")
            )
        }
        hasConflicts = !conflicts.isEmpty
        action = visit.address("conflicts")
        token = visit.desk?.token ?? ""
    }
}
