import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput
import Wording

extension Refused {
    /// Records one again with corrections.
    struct Correct: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Record a refused event again, with corrections; it keeps the time at which it happened.",
            discussion: """
                ambit refused correct 41 phase=realisation
                ambit refused correct 41 --subject k3j9x2-4
                ambit refused correct 41 --type project.revised --subject k3j9x2-4 phase=

                What is given takes the place of what was there; key= takes it out, also what the new type does not have.
                """
        )

        @Argument(help: "The id of the event.")
        var id: Int

        @Argument(help: "key=value for each field that changes.")
        var words: [String] = []

        @Option(help: ArgumentHelp("Take the changes from this JSON file (a merge patch); - is standard input."))
        var file: String?

        @Option(help: ArgumentHelp("What it is about instead; a short form will do.", valueName: "subject"))
        var subject: String?

        @Option(help: ArgumentHelp("What happened instead, for example project.revised.", valueName: "type"))
        var type: String?

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var language: LanguageOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard file == nil || words.isEmpty else {
                throw ValidationError("Give the changes either as key=value or with --file, not both.")
            }
            guard file != nil || !words.isEmpty || subject != nil || type != nil else {
                throw ValidationError("Say what is to change. ambit refused retry records it again as it is.")
            }
        }

        func run() throws {
            let replica = try replica.open()
            var data = JSONValue.object([])
            if let file {
                data = try InputFile.readJSON(file)
                try NumberText.check(data)
            } else if !words.isEmpty {
                let refused = try replica.refused().first { $0.id == id }
                guard let type = type ?? refused?.type else {
                    throw Failure(
                        "No refused event has the number \(id); ambit refused lists them.",
                        code: "not-refused"
                    )
                }
                data = try EventInput(typeNamed: type, takesOut: true) { try replica.resolve($0) }.data(words)
            }
            let correction = Correction(type: type, subject: subject, data: data)
            try RerecordingAnswer(try replica.correctRefused(id, correction), language.localizer).show(
                asJSON: output.json
            )
        }
    }

    /// Records them again as they are.
    struct Retry: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Record refused events again as they are, when what stood in their way is gone.",
            discussion: """
                For example because an admin has changed your role, or because the subject exists by now. Events that \
                mention what a refused one would have created follow under its new name.
                """
        )

        @Argument(help: "The ids of the events to record again.")
        var ids: [Int] = []

        @Flag(help: "Record all of them again that have a chance.")
        var all = false

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var language: LanguageOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard all == ids.isEmpty else { throw ValidationError("Name the ids to record again, or give --all.") }
        }

        func run() throws {
            try RerecordingAnswer(try replica.open().retryRefused(all ? nil : ids), language.localizer).show(
                asJSON: output.json
            )
        }
    }
}
