import ArgumentParser
import SyncClient
import Wording

/// What `correct` and `retry` answer.
struct RerecordingAnswer: Encodable {
    struct Event: Encodable {
        var replaced: Int
        var wasRefused: Bool
        var id: Int
        var subject: String
    }

    struct Kept: Encodable {
        var id: Int
        var error: String
        var message: String
    }

    private let text: [String]
    /// That of the first event, when all of them stay: as if it had been named.
    private let exitCode: Int32
    var recorded: [Event]
    var kept: [Kept]

    enum CodingKeys: CodingKey {
        case recorded, kept
    }

    init(_ recording: Rerecording, _ localizer: Localizer) {
        let lines = recording.events.map(localizer.rerecorded) + recording.kept.map(localizer.kept)
        text = lines.isEmpty ? [localizer.message(.nothingRefused)] : lines
        recorded = recording.events.map {
            Event(replaced: $0.replaced, wasRefused: $0.wasRefused, id: $0.event.id, subject: $0.event.subject)
        }
        exitCode = recording.events.isEmpty ? recording.kept.first?.error.exitCode ?? 0 : 0
        kept = recording.kept.map { Kept(id: $0.id, error: $0.error.code.rawValue, message: $0.error.description) }
    }

    /// - Throws: the exit code when nothing was recorded because all of them stay.
    func show(asJSON isJSON: Bool) throws {
        if isJSON {
            try Output.json(self)
        } else {
            text.forEach { Output.line($0) }
        }
        if exitCode != 0 { throw ExitCode(exitCode) }
    }
}
