import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncClient
import SyncProtocol
import Wording

/// `ambit blame`: who set each field of a subject.
struct BlameCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "blame",
        abstract:
            .told(
                "Show for every field of a subject the event that set it: who, on which device, when, and where in the log."
            ),
        discussion:
            .told(
                "Fields in conflict have a line for each value. Events that have not been sent count, except with --at."
            )
    )

    @Argument(
        help: .told("The subject; its short form will do where it is unambiguous."),
        completion: Completing.subject
    )
    var subject: String

    @Option(help: .told("The state at this size, day or moment.", valueName: "n|time"))
    var at: String?

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let (blame, size) = if at != nil || source.data != nil { try earlier() } else { try now() }
        if output.json {
            var json = JSONWriter(capacity: 4096)
            json.beginObject()
            json.fields(blame)
            json.member("size", size)
            json.member("subject", blame.subject)
            json.endObject()
            Output.write(json.bytes + [UInt8(ascii: "\n")])
        } else {
            Output.table([[language.localizer(for: output).subject(blame.subject, blame.titles)]])
            Output.table(language.localizer(for: output).describe(blame), indent: "  ")
        }
    }

    private func now() throws -> (Blame, LogSize) {
        let replica = try ReplicaOptions.parse(["-C=\(source.folder)"]).open()
        return try replica.blame(replica.subject(meaning: subject))
    }

    private func earlier() throws -> (Blame, LogSize) {
        let log = try source.open()
        let subject = try source.resolve(subject, in: log)
        let size = try at.map { try StateArgument($0, in: language, for: output).size(in: log) } ?? log.head().size
        let state = try Replaying.state(of: log, at: size)
        guard state.contains(subject) else {
            let text = at == nil ? "There is no \(subject) in this log." : "\(subject) did not exist then."
            throw Failure(text, code: "unknown-subject")
        }
        return (try Blame(of: subject, state.registers(of: subject), in: log, Naming(state)), size)
    }
}
