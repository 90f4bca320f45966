internal import AgendaModel
package import Projections

extension Localizer {
    /// An event in words.
    package struct EventDescription: Hashable, Sendable {
        /// What happened to what.
        package var headline: String
        /// Who, when, and what the author did not know.
        package var circumstances: [String]
        /// The fields with what became of them.
        package var changes: [[String]]
        /// What became of conflicts.
        package var conflicts: [String]

        /// All of it, line by line.
        package var text: String {
            let fields = changes.map { $0.joined(separator: ": ") }
            return ([headline] + circumstances + fields + conflicts).joined(separator: "\n")
        }
    }

    package func describe(_ event: HistoryEvent) -> EventDescription {
        let changes = event.changes.filter { isShown($0, event.subject) }.map { change in
            [field(change.path, of: event.subject, event.titles), what(became: change, event.subject, event.titles)]
        }
        return EventDescription(
            headline: "\(subject(event.subject, event.titles)): \(Vocabulary.type(event.type, language))",
            circumstances: [by(event.author), when(event)],
            changes: changes,
            conflicts: (event.redaction.map { [message(.erasedBy, ["position": "\($0)"])] } ?? [])
                + event.changes.compactMap { conflict(in: $0, event.subject, event.titles, isOpenedByAuthor: true) }
        )
    }

    /// What differs in a subject, in words.
    package func describe(_ difference: SubjectDifference) -> EventDescription {
        let (name, titles) = (difference.subject, difference.titles)
        return EventDescription(
            headline: subject(name, titles) + (difference.isCreated ? ": \(message(.created))" : ""),
            circumstances: [],
            changes: difference.changes.filter { $0.before != $0.after && isShown($0, name) }.map { change in
                [field(change.path, of: name, titles), what(became: change, name, titles)]
            },
            conflicts: difference.changes.compactMap { conflict(in: $0, name, titles, isOpenedByAuthor: false) }
        )
    }

    /// The fields of a subject with who set them: for each write its field, and its value with the rest below.
    package func describe(_ blame: Blame) -> [[String]] {
        blame.fields.flatMap { field in
            field.writes.enumerated().map { index, write in
                let value = value(write.value, at: field.path, of: blame.subject, blame.titles)
                let isMarked = field.isConflict && index == 0
                return [
                    index == 0 ? self.field(field.path, of: blame.subject, blame.titles) : "",
                    (isMarked ? message(.shownNow, ["value": value]) : value) + "\n"
                        + [
                            "  " + Vocabulary.type(write.type, language), by(write.author), moment(write.deviceTime),
                            place(write.position),
                        ].joined(separator: ", "),
                ]
            }
        }
    }

    /// A subject's document: for each field its name and its value.
    package func describe(_ found: ShownSubject) -> [[String]] {
        found.fields.map { part in
            [
                field(part.path, of: found.subject, found.titles),
                value(part.value, at: part.path, of: found.subject, found.titles),
            ]
        }
    }

    // MARK: - Parts

    /// Whether a field says something to people: the bytes of a signature do not.
    private func isShown(_ change: FieldChange, _ subject: String) -> Bool {
        !(change.path == "/signature" && subject.hasPrefix(DeviceID.prefix))
    }

    private func what(became change: FieldChange, _ subject: String, _ titles: [String: String]) -> String {
        func words(_ value: FieldValue) -> String { self.value(value, at: change.path, of: subject, titles) }
        func both(_ text: String, _ values: FieldValue...) -> String {
            Self.lookTheSame(values.map(words)) ? "\(text) (\(message(.lookTheSame)))" : text
        }
        if change.written != change.after {
            let text = message(.outranked, ["written": words(change.written), "shown": words(change.after)])
            return both(text, change.written, change.after)
        }
        if change.before == change.after { return message(.unchanged, ["value": words(change.after)]) }
        guard change.before != .absent else { return words(change.after) }
        let text = message(.changed, ["before": words(change.before), "after": words(change.after)])
        return both(text, change.before, change.after)
    }

    func conflict(
        in change: FieldChange,
        _ subject: String,
        _ titles: [String: String],
        isOpenedByAuthor: Bool
    ) -> String? {
        guard let conflict = change.conflict else { return nil }
        func words(_ value: FieldValue) -> String { self.value(value, at: change.path, of: subject, titles) }
        // With as many authors as a field can have, each entry would name all others.
        let others = change.others.prefix(FieldChange.maximumOthersTold + 1).map { other in
            message(
                .besideValue,
                ["value": words(other.value), "author": by(other.author), "where": place(other.position)]
            )
        }
        let more = change.others.count - FieldChange.maximumOthersTold
        let told =
            more > 0
            ? message(
                .andMore,
                [
                    "listed": others.dropLast().joined(separator: ", "), "count": number("\(more)"),
                ]
            ) : list(others)
        let outcome: Message =
            switch conflict {
            case .opened: isOpenedByAuthor ? .conflictOpened : .conflictOpenedBetween
            case .remains: .conflictRemains
            case .settled: .conflictSettled
            }
        let text = message(outcome, ["field": field(change.path, of: subject, titles), "others": told])
        let looks = ([change.after] + change.others.map(\.value)).prefix(FieldChange.maximumOthersTold).map(words)
        return Self.lookTheSame(looks) ? "\(text); \(message(.lookTheSame))" : text
    }

    private func when(_ event: HistoryEvent) -> String {
        guard event.author.source != .server else {
            return message(.recordedByServer, ["time": moment(event.recordedTime)])
        }
        let gap = event.recordedTime.millisecondsSince1970 - event.deviceTime.millisecondsSince1970
        let times = ["time": moment(event.deviceTime), "recorded": moment(event.recordedTime)]
        var parts = [message(.recordedAndSent, times)]
        if abs(gap) >= Self.minimumGapShown {
            parts.append(message(gap > 0 ? .offline : .clockAhead, ["duration": duration(milliseconds: abs(gap))]))
        }
        if event.unseen > 0 {
            let (one, many): (Message, Message) =
                event.unseenIsOfSubject ? (.unseenOfSubjectOne, .unseenOfSubjectMany) : (.unseenOne, .unseenMany)
            parts.append(message(event.unseen == 1 ? one : many, ["count": number("\(event.unseen)")]))
        }
        return parts.joined(separator: "; ")
    }

    /// A shorter time between recording and commit is that of any sync, in milliseconds.
    private static let minimumGapShown = 60_000
}
