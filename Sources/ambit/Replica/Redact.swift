import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput
import Wording

/// `ambit redact`: record that an entry's data is to be erased.
struct Redact: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Record that an entry's data is to be erased, for good and everywhere; for admins."),
        discussion: .told(
            """
            ambit redact 412 --dry-run
            ambit redact 412 --reason "Verzoek van de betrokkene" --law "AVG art. 17"
            ambit redact --by "Jan Jansen" --reason "Verzoek van de betrokkene"

            ambit log gives positions. All that the entry wrote goes, on the server and on every laptop that syncs; what it \
            was called, who recorded it, when, and its hash stay, and so do the reason and what people have copied \
            elsewhere: exports, backups, files of those who do not sync. Recorded, it cannot be taken back: at a terminal you are \
            asked first, elsewhere it takes --yes. With a member's name the names of their devices go that are not in use any \
            more, and the role is recorded once more.
            """
        )
    )

    @Argument(help: .told("The entry's position in the log."))
    var position: Int?

    @Option(
        help: .told(
            "All that this member, or this device, recorded, as far as it can be erased: a part of the name, or the subject.",
            valueName: "member"
        )
    )
    var by: String?

    @Option(help: .told("Why. It stays in the log, so name nobody.", valueName: "text"))
    var reason: String?

    @Option(help: .told("The rule of law that asks for it.", valueName: "text"))
    var law: String?

    @Flag(help: .told("Only show what would go."))
    var dryRun = false

    @Flag(help: .told("Erase it without asking."))
    var yes = false

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (position == nil) != (by == nil) else { throw ValidationError("Give a position, or --by.") }
        guard dryRun || reason?.isEmpty == false else { throw ValidationError("Give the reason with --reason.") }
    }

    func run() async throws {
        let replica = try replica.open()
        let localizer = language.localizer(for: output)
        // Whether an entry can be erased is for the log to say as it is now.
        try await replica.pullAndShow()
        var redactions = try replica.redactions(of: positions(localizer))
        if !dryRun, !redactions.isEmpty {
            if !yes {
                if !output.json, Terminal.isThere { for redaction in redactions { show(redaction, localizer) } }
                let otherwise = "What is erased is gone for good. With --yes it goes."
                try Terminal.confirm(output, localizer, otherwise: otherwise)
            }
            redactions = try replica.redact(
                redactions.map(\.position),
                reason: TypedText.checked(reason ?? ""),
                law: law.map(TypedText.checked)
            )
        }
        if output.json {
            var answers = redactions.map(Answer.init)
            guard by == nil else { return try Output.json(answers) }
            let others = answers.dropFirst()
            if !others.isEmpty { answers[0].others = Array(others) }
            try Output.json(answers[0])
            return
        }
        if redactions.isEmpty { Output.note("ambit: \(localizer.message(.nothingToErase))") }
        if dryRun || yes { for redaction in redactions { show(redaction, localizer) } }
        let events = redactions.flatMap { [$0.granted, $0.event].compactMap(\.self) }
        if !events.isEmpty { Output.line(localizer.recorded(events)) }
    }

    private func positions(_ localizer: Localizer) throws -> [Position] {
        guard let by else { return [Position(position ?? 0)] }
        let log = try LogSource.parse(["-C=\(replica.folder)"]).open()
        let authors = try KnownAuthors(in: log)
        return try authors.positions(recordedBy: authors.subjects([by], localizer), in: log)
    }

    private func show(_ redaction: Redaction, _ localizer: Localizer) {
        let erases = redaction.erases.isEmpty ? localizer.message(.nothing) : redaction.erases.joined(separator: "\n")
        Output.table([[localizer.redacted(redaction)]])
        Output.table([[localizer.message(.goesForGood), erases]])
    }

    private struct Answer: Encodable {
        var position: Position
        var subject: String
        var type: String
        var erases: [String]
        var id: Int?
        /// The event that records a member's role once more, before it goes.
        var granted: Int?
        /// What goes with it: the entries that name the member's devices.
        var others: [Answer]?

        init(_ redaction: Redaction) {
            position = redaction.position
            subject = redaction.subject
            type = redaction.type
            erases = redaction.erases
            id = redaction.event?.id
            granted = redaction.granted?.id
        }
    }
}
