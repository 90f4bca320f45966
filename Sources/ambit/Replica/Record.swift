import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput

/// `ambit record`: record an event; needs no network.
struct Record: ParsableCommand, JSONCapable {
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
    @OptionGroup var output: OutputOptions

    func run() throws {
        let replica = try replica.open()
        let arguments = try EventInput(typeNamed: type) { try replica.resolve($0) }
        var words = words
        let subject = words.first.map { !$0.contains("=") } == true ? words.removeFirst() : nil
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
        }
    }

    private struct Answer: Encodable {
        var id: Int
        var subject: String
    }
}
