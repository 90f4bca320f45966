import AgendaModel
import SyncClient

/// What `conflicts`, `settle`, `refused` and `import` say to people, in one place.
enum Words {
    // MARK: - Conflicts

    static let noConflicts = "no conflicts"

    static func title(_ conflict: OpenConflict, _ title: String) -> String {
        title.isEmpty ? conflict.subject : "\(conflict.subject)  \(title)"
    }

    static func value(_ value: OpenConflict.Value) -> String {
        let text = DocumentText.words(json: value.value.map { Array($0.utf8) })
        return value.number == 1 ? "\(text)  (shown now)" : text
    }

    static func author(_ value: OpenConflict.Value) -> String {
        guard value.source != "server" else { return "by the server" }
        let device = value.deviceName ?? value.source
        return value.memberName.map { "by \($0) on \(device)" } ?? "by \(device)"
    }

    static func moment(_ value: OpenConflict.Value) -> String {
        let written = "\(moment(value.deviceTime)) by that laptop's clock"
        guard let recorded = value.recordedTime, let position = value.position else {
            return "\(written); not sent yet"
        }
        return "\(written); reached the server at \(moment(recorded)) as entry \(position)"
    }

    static func knowledge(_ value: OpenConflict.Value) -> String {
        let seen = value.basis == 0 ? "had seen nothing of the log" : "had seen the log up to entry \(value.basis - 1)"
        return "\(seen); did not know of \(list(value.unseen.map(String.init)))"
    }

    static func howToSettle(_ conflict: OpenConflict) -> String {
        "to settle it: ambit settle \(conflict.subject) \(conflict.path) --expect \(conflict.mark)"
            + " with --keep, --take N or --value V"
    }

    static func settled(_ field: Settlement.Field) -> String {
        "\(field.path) is \(DocumentText.words(json: field.value.map { Array($0.utf8) })) now"
    }

    static func recorded(_ events: [RecordedEvent]) -> String {
        let ids = list(events.map { "\($0.id)" })
        return "recorded as event \(ids), not sent yet: ambit sync sends \(events.count == 1 ? "it" : "them")"
    }

    // MARK: - Refused events

    static let nothingRefused = "nothing was refused"

    static let afterRefusal = """
        Nothing of this is lost. What to do with an event:
          ambit refused correct ID key=value …   records it again with corrections
          ambit refused retry ID | --all         records it again as it is, when what stood in its way is gone
          ambit refused discard ID | --all       drops it for good
        """

    static func refused(_ event: RefusedEvent) -> String {
        "\(event.type) about \(event.subject)" + (event.time.map { ", recorded at \(moment($0))" } ?? "")
    }

    static func dependents(_ event: RefusedEvent) -> String? {
        guard !event.dependents.isEmpty else { return nil }
        func ids(_ isPending: Bool) -> [String] {
            event.dependents.filter { $0.isPending == isPending }.map { "\($0.id)" }
        }
        let parts = [(ids(false), "refused as well"), (ids(true), "not sent yet")].filter { !$0.0.isEmpty }
        return "on it depend: " + parts.map { "\(list($0.0)) (\($0.1))" }.joined(separator: ", ")
    }

    static func recordedAgain(_ event: SecondRecording.Event) -> String {
        let why = event.wasRefused ? "" : ", which mentions what is called differently now"
        return "event \(event.replaced)\(why) is recorded again as event \(event.event.id), \(event.event.subject)"
    }

    static func kept(_ event: SecondRecording.Kept) -> String {
        "event \(event.id) stays refused: \(event.error)"
    }

    static func stillRefused(_ count: Int) -> String {
        "\(count == 1 ? "1 event that was refused is" : "\(count) events that were refused are") kept on this laptop; "
            + "see ambit refused"
    }

    // MARK: - Imports

    /// nil when every line was recorded.
    static func passed(_ passed: ImportSummary.Passed) -> String? {
        let parts = [
            (passed.known, "that the log has already"), (passed.otherDevices, "of other devices"),
            (passed.unrepeatable, "that only the server, or the device itself, can record"),
        ]
        let words = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return words.isEmpty ? nil : "Passed over: \(list(words))."
    }

    // MARK: - Parts

    static func moment(_ time: Timestamp) -> String {
        // 2026-11-12T10:11:12.123Z
        let text = time.description
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
    }

    static func list(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }
}
