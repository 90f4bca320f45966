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

/// What this laptop recorded in vain: somebody else took back meanwhile what it is about.
package struct OvertakenContent: Sendable {
    /// The event's device and counter, without spaces.
    package var id: String
    package var subject: String
    /// By what and by whom, in words.
    package var text: String

    package init(id: String, subject: String, text: String) {
        self.id = id
        self.subject = subject
        self.text = text
    }
}

/// The conflicts as the page shows them.
struct ConflictsView {
    struct Overtaken {
        var title: String
        var href: String
        var text: String
    }

    struct Conflict {
        var title: String
        var href: String
        var kind: String
        var values: [Value]
        var subject: String
        var paths: String
        var marks: String
        /// Said where values differ in nothing that can be seen.
        var alike: String?
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
    var overtaken: [Overtaken]
    var hasOvertaken: Bool
    /// The events of those, for the form that says that somebody has seen them.
    var seen: String
    var action: String
    var token: String

    init(_ found: [ConflictContent], overtaken edits: [OvertakenContent], _ reader: AgendaReader) throws {
        let visit = reader.visit
        conflicts = try found.map { conflict in
            let isAlike = conflict.paths.indices.contains { path in
                Localizer.lookTheSame(json: conflict.values.compactMap { $0.json[path] })
            }
            return Conflict(
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
                marks: conflict.marks.joined(separator: " "),
                alike: isAlike ? visit.say(.lookTheSame) : nil
            )
        }
        overtaken = try edits.map { edit in
            Overtaken(title: try reader.title(edit.subject), href: visit.href(edit.subject), text: edit.text)
        }
        hasConflicts = !conflicts.isEmpty
        hasOvertaken = !overtaken.isEmpty
        seen = edits.map(\.id).joined(separator: " ")
        action = visit.address("conflicts")
        token = visit.desk?.token ?? ""
    }
}
