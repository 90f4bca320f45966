import AgendaModel
import SyncClient
import Wording

// What `conflicts`, `settle` and `refused` say to people; the messages are in `Wording`.

extension Localizer {
    // MARK: - Conflicts

    func title(_ conflict: OpenConflict, _ title: String) -> String {
        title.isEmpty ? conflict.subject : "\(conflict.subject)  \(title)"
    }

    func value(_ value: OpenConflict.Value, of conflict: OpenConflict) -> String {
        let text = value.isErased ? message(.erased) : words(value.value, at: conflict.path, of: conflict.subject)
        return value.number == 1 ? message(.shownNow, ["value": text]) : text
    }

    func author(_ value: OpenConflict.Value) -> String {
        by(value.source, device: value.deviceName, member: value.memberName)
    }

    func moment(_ value: OpenConflict.Value) -> String {
        guard let recorded = value.recordedTime, let position = value.position else {
            return message(.byClockUnsent, ["time": moment(value.deviceTime)])
        }
        return message(
            .byClockAndRecorded,
            ["time": moment(value.deviceTime), "recorded": moment(recorded), "position": "\(position)"]
        )
    }

    func knowledge(_ value: OpenConflict.Value) -> String {
        knowledge(basis: value.basis, unseen: value.unseen)
    }

    /// That values of a conflict differ only in bytes, where it is so.
    func lookTheSame(_ conflict: OpenConflict) -> String? {
        Self.lookTheSame(json: conflict.values.compactMap(\.value)) ? message(.lookTheSame) : nil
    }

    func howToSettle(_ conflict: OpenConflict) -> String {
        let command = "ambit settle \(conflict.subject) \(conflict.path) --expect \(conflict.mark)"
        return message(.howToSettle, ["command": command])
    }

    func settled(_ field: Settlement.Field, of subject: String) -> String {
        message(.settledNow, ["path": field.path, "value": words(field.value, at: field.path, of: subject)])
    }

    func recorded(_ events: [RecordedEvent]) -> String {
        message(events.count == 1 ? .recordedAsOne : .recordedAsMany, ["ids": list(events.map { "\($0.id)" })])
    }

    // MARK: - What has no effect

    func overtaken(_ edit: OvertakenEdit) -> String {
        message(
            .overtaken,
            [
                "id": "\(edit.id)", "subject": edit.subject, "title": edit.title ?? "",
                "what": Vocabulary.type(edit.withdrawal, language), "position": "\(edit.position)",
                "author": by(edit.source, device: edit.deviceName, member: edit.memberName),
            ]
        )
    }

    // MARK: - Erased entries

    func redacted(_ redaction: Redaction) -> String {
        message(
            .redacts,
            [
                "position": "\(redaction.position)", "type": redaction.type, "subject": redaction.subject,
                "author": redaction.source.rawValue, "time": moment(redaction.time),
            ]
        )
    }

    // MARK: - Refused events

    func refused(_ event: RefusedEvent) -> String {
        let about = ["type": event.type, "subject": event.subject]
        guard let time = event.time else { return message(.aboutSubject, about) }
        return message(.aboutSubjectAt, about.merging(["time": moment(time)]) { first, _ in first })
    }

    func dependents(_ event: RefusedEvent) -> String? {
        guard !event.dependents.isEmpty else { return nil }
        func ids(_ isPending: Bool) -> [String] {
            event.dependents.filter { $0.isPending == isPending }.map { "\($0.id)" }
        }
        let parts = [(ids(false), Message.refusedAsWell), (ids(true), .notSentYet)].filter { !$0.0.isEmpty }
        return message(.dependOnIt, ["parts": parts.map { message($0.1, ["ids": list($0.0)]) }.joined(separator: ", ")])
    }

    func rerecorded(_ event: Rerecording.Event) -> String {
        let values = [
            "old": "\(event.replaced)", "why": event.wasRefused ? "" : message(.mentionsRenamed),
            "new": "\(event.event.id)",
            "subject": event.event.subject,
        ]
        return message(.rerecorded, values)
    }

    func kept(_ event: Rerecording.Kept) -> String {
        message(.staysRefused, ["id": "\(event.id)", "error": language.words(of: "\(event.error)")])
    }

    func stillRefused(_ count: Int) -> String {
        message(count == 1 ? .stillRefusedOne : .stillRefusedMany, ["count": "\(count)"])
    }

    // MARK: - Parts

    /// A value without what is said of other subjects: who settles a conflict needs their names.
    private func words(_ json: String?, at path: String, of subject: String) -> String {
        let bytes = json.map { Array($0.utf8) }
        if case .reference = Catalogue.current.form(at: path, of: subject), bytes != nil {
            return DocumentText.words(json: bytes)
        }
        return value(bytes, at: path, of: subject, [:], isTyped: true)
    }
}
