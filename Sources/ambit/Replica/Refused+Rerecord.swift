import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput
import Wording

extension Refused {
    /// Records one again with corrections.
    struct Correct: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Record a refused event again, with corrections; it keeps the time at which it happened."),
            discussion: .told(
                """
                ambit refused correct phase=realisation
                ambit refused correct 41 phase=realisation
                ambit refused correct 41 --subject k3j9x2-4
                ambit refused correct 41 --type project.revised --subject k3j9x2-4 phase=

                The number is needed only when several were refused. What is given takes the place of what was there; key= takes it out, also what the new type does not have.
                """
            )
        )

        @Argument(
            help: .told(
                "The number of the event, where several were refused, then key=value for each field that changes."
            )
        )
        var words: [String] = []

        @Option(help: .told("Take the changes from this JSON file (a merge patch); - is standard input."))
        var file: String?

        @Option(help: .told("What it is about instead; a short form will do.", valueName: "subject"))
        var subject: String?

        @Option(help: .told("What happened instead, for example project.revised.", valueName: "type"))
        var type: String?

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var language: LanguageOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard file == nil || fields.isEmpty else {
                throw ValidationError("Give the changes either as key=value or with --file, not both.")
            }
            guard file != nil || !fields.isEmpty || subject != nil || type != nil else {
                throw ValidationError("Say what is to change. ambit refused retry records it again as it is.")
            }
        }

        func run() throws {
            let replica = try replica.open()
            let type = try type.map { try NameText.type($0).name }
            var data = JSONValue.object([])
            if let file {
                data = try InputFile.readJSON(file)
                try NumberText.check(data)
            }
            let refused = try event(among: replica.refused())
            if !fields.isEmpty {
                let name = type ?? refused.type
                data = try EventInput(typeNamed: name, takesOut: true, by: language.typist(for: output)) {
                    try replica.subject(meaning: $0, of: $1)
                }.data(fields)
            }
            let correction = Correction(type: type, subject: subject, data: data)
            try RerecordingAnswer(try replica.correctRefused(refused.id, correction), language.localizer(for: output))
                .show(
                    asJSON: output.json
                )
        }

        private var number: Int? { words.first.flatMap { Int($0) } }
        private var fields: [String] { Array(words.dropFirst(number == nil ? 0 : 1)) }

        /// The one that is meant: the only one where none is named.
        private func event(among refused: [RefusedEvent]) throws -> RefusedEvent {
            if let number {
                if let event = refused.first(where: { $0.id == number }) { return event }
                let message = "No refused event has the number \(number); ambit refused lists them."
                throw Failure(message, code: "not-refused")
            }
            guard let event = refused.first else { throw Failure("Nothing was refused.", code: "not-refused") }
            guard refused.count == 1 else {
                throw ValidationError(
                    "\(refused.count) events were refused. Give the number of one; ambit refused lists them."
                )
            }
            return event
        }
    }

    /// Re-records them as they are.
    struct Retry: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Record refused events again as they are, when what stood in their way is gone."),
            discussion: .told(
                """
                For example because an admin has changed your role, or because the subject exists by now. Events that \
                mention what a refused one would have created follow under its new name.
                """
            )
        )

        @Argument(help: .told("The ids of the events to record again."))
        var ids: [Int] = []

        @Flag(help: .told("Record all of them again that have a chance."))
        var all = false

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var language: LanguageOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard all == ids.isEmpty else { throw ValidationError("Name the ids to record again, or give --all.") }
        }

        func run() throws {
            try RerecordingAnswer(try replica.open().retryRefused(all ? nil : ids), language.localizer(for: output))
                .show(
                    asJSON: output.json
                )
        }
    }
}
