import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput
import Wording

/// `ambit record`: record an event; needs no network.
struct Record: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Record an event, offline or not; prints its subject."),
        discussion: .told(
            """
            ambit record project.started title="Warmtenet Noord" phase=idea
            ambit record project.advanced k3j9x2-4 phase=realisation reason="De aannemer is begonnen"
            ambit record ambition.targeted k3j9x2-7 targets.indicator/k3j9x2-2.quantity=5000

            key= makes a field absent. ambit types TYPE says what a type takes. Types, fields and values may be given in \
            Dutch, and subjects by their title or a part of it that only one has. Numbers and days are read as the \
            language writes them; with --json and --file, as JSON does.

            Without a type, at a terminal, it asks for all there is to know.

            ambit record meting project=Warmtenet indicator=woningen waarde=1.250,5 op=gisteren --language nl

            What is created may be given without keys, each word for the field that it fits; a day that is missing is today.

            ambit record meting warmtenet woningen 25 --language nl
            """
        )
    )

    @Argument(
        help: .told(
            "The type, for example measurement.recorded or meting; at a terminal it is asked for when missing."
        ),
        completion: Completing.type
    )
    var type: String?

    @Argument(
        help: .told("The subject or its title (not for types that create one), then key=value for each field."),
        completion: Completing.fields
    )
    var words: [String] = []

    @Option(help: .told("Take the data from this JSON file; - is standard input.", valueName: "file"))
    var file: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let replica = try replica.open()
        let typist = language.typist(for: output)
        guard let type else {
            guard !output.json, Terminal.isThere else {
                throw ValidationError("Name the type. ambit types has all of them.")
            }
            return try record(Asking(replica, by: typist, in: language.localizer(for: output)).event(), in: replica)
        }
        let input = try EventInput(typeNamed: type, by: typist) { try replica.subject(meaning: $0, of: $1) }
        let hasGivenNames = Catalogue.current.kind(named: input.type.kind)?.hasGivenNames ?? false
        var words = input.type.isCreating && !hasGivenNames && file == nil ? try input.keyed(words) : words
        let about = words.prefix { !$0.contains("=") }
        words.removeFirst(about.count)
        let named = about.isEmpty ? nil : about.joined(separator: " ")
        // What is created need not exist.
        let subject =
            input.type.isCreating ? named : try named.map { try replica.subject(meaning: $0, of: input.type.kind) }
        let data: JSONValue
        if let file {
            guard words.isEmpty else { throw Failure("Give the data either as key=value or with --file, not both.") }
            data = try InputFile.readJSON(file)
            try NumberText.check(data)
        } else {
            data = try input.data(words)
        }
        try record(TypedEvent(type: input.type.name, subject: subject, data: data), in: replica)
    }

    private func record(_ event: TypedEvent, in replica: Replica) throws {
        let recorded = try replica.record(type: event.type, subject: event.subject, data: event.data)
        let doubts = try replica.doubts(about: recorded.subject, writing: event.data, language.timeZone(for: output))
        if output.json {
            let answer = Answer(
                id: recorded.id,
                subject: recorded.subject,
                doubts: doubts.isEmpty ? nil : doubts.map { .init(doubt: $0.code.rawValue, path: $0.path) }
            )
            try Output.json(answer)
        } else {
            let shown = try replica.shown(recorded.subject)
            let localizer = language.localizer(for: output)
            let sentence = localizer.sentence(event.type, event.data, as: shown)
            Output.note("ambit: \(localizer.message(.recordedNow, ["event": sentence]))")
            replica.show(doubts, about: recorded.subject, localizer)
            Output.line(recorded.subject)
        }
    }

    private struct Answer: Encodable {
        struct Doubted: Encodable {
            var doubt: String
            var path: String
        }

        var id: Int
        var subject: String
        /// There when there are some.
        var doubts: [Doubted]?
    }
}
