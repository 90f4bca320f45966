import AgendaModel
import ArgumentParser
import SyncClient
import Wording

/// `ambit redact`: record that an entry's data is to be erased.
struct Redact: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Record that an entry's data is to be erased, for good and everywhere; for admins.",
        discussion: """
            ambit redact 412 --dry-run
            ambit redact 412 --reason "Verzoek van de betrokkene" --law "AVG art. 17"

            ambit log gives positions. All that the entry wrote goes, on the server and on every laptop that syncs; what it \
            was called, who recorded it, when, and its hash stay, and so do the reason and what people have copied \
            elsewhere: exports, backups, files of those who do not sync. Recorded, it cannot be taken back.
            """
    )

    @Argument(help: "The entry's position in the log.")
    var position: Int

    @Option(help: ArgumentHelp("Why. It stays in the log, so name nobody.", valueName: "text"))
    var reason: String?

    @Option(help: ArgumentHelp("The rule of law that asks for it.", valueName: "text"))
    var law: String?

    @Flag(help: "Only show what would go.")
    var dryRun = false

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard dryRun || reason?.isEmpty == false else { throw ValidationError("Give the reason with --reason.") }
    }

    func run() async throws {
        let replica = try replica.open()
        // Whether an entry can be erased is for the log to say as it is now.
        try await replica.pullAndShow()
        let redaction =
            dryRun
            ? try replica.redaction(of: Position(position))
            : try replica.redact(Position(position), reason: reason ?? "", law: law)
        if output.json {
            try Output.json(Answer(redaction))
            return
        }
        let localizer = language.localizer
        let erases = redaction.erases.isEmpty ? localizer.message(.nothing) : redaction.erases.joined(separator: "\n")
        Output.table([[localizer.redacted(redaction)]])
        Output.table([[localizer.message(.goesForGood), erases]])
        if let event = redaction.event { Output.line(localizer.recorded([event])) }
    }

    private struct Answer: Encodable {
        var position: Position
        var subject: String
        var type: String
        var erases: [String]
        var id: Int?

        init(_ redaction: Redaction) {
            position = redaction.position
            subject = redaction.subject
            type = redaction.type
            erases = redaction.erases
            id = redaction.event?.id
        }
    }
}
