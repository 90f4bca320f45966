import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput

/// `ambit record`: record an event; needs no network.
struct Record: ParsableCommand, JSONCapable, Speaking {
    static let configuration = CommandConfiguration(
        abstract: "Record an event, offline or not; prints its subject.",
        discussion: """
            ambit record project.started title="Warmtenet Noord" phase=idea
            ambit record project.advanced k3j9x2-4 phase=realisation reason="De aannemer is begonnen"
            ambit record ambition.targeted k3j9x2-7 targets.indicator/k3j9x2-2.quantity=5000

            key= makes a field absent. ambit types TYPE says what a type takes.
            """
    )

    @Argument(help: "The type, for example measurement.recorded.")
    var type: String

    @Argument(help: "The subject (not for types that create one), then key=value for each field.")
    var words: [String] = []

    @Option(help: ArgumentHelp("Take the data from this JSON file; - is standard input.", valueName: "file"))
    var file: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let replica = try replica.open()
        let arguments = try EventInput(typeNamed: type, language.manner(asking: output)) {
            try replica.resolve($0, kind: $1)
        }
        let type = arguments.typeName
        var words = words
        var subject = words.first.map { !$0.contains("=") } == true ? words.removeFirst() : nil
        if let named = subject { subject = try resolve(named, arguments, in: replica) }
        let data: JSONValue
        if let file {
            guard words.isEmpty else { throw Failure("Give the data either as key=value or with --file, not both.") }
            data = try InputFile.readJSON(file)
            try NumberText.check(data)
        } else {
            data = try arguments.data(words)
        }
        let recorded = try replica.record(type: type, subject: subject, data: data)
        if output.json {
            try Output.json(Answer(id: recorded.id, subject: recorded.subject))
        } else {
            Output.line(recorded.subject)
            Output.note(try language.localizer.sentence(on: recorded, in: replica))
        }
    }

    /// What creates a subject may be given one that does not exist yet.
    private func resolve(_ named: String, _ arguments: EventInput, in replica: Replica) throws -> String {
        arguments.createsSubject ? named : try replica.resolve(named, kind: arguments.kindName)
    }

    private struct Answer: Encodable {
        var id: Int
        var subject: String
    }
}
