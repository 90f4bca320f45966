import AgendaModel
import ArgumentParser
import Projections
import SyncClient
import Wording

/// `ambit refused`: what the server refused, and why.
struct Refused: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Show the events that the server refused, and why."),
        subcommands: [List.self, ExportRefused.self, Correct.self, Retry.self, Discard.self],
        defaultSubcommand: List.self
    )

    @OptionGroup var output: OutputOptions

    /// One line for each refused event.
    struct List: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: .told("List them (the default)."))

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var language: LanguageOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let refused = try replica.open().refused()
            let localizer = language.localizer(for: output)
            if output.json {
                try Output.json(refused.map(Answer.init))
                return
            }
            for event in refused {
                Output.table([["\(event.id)", localizer.refused(event)]])
                Output.table([["\(event.problem):", localizer.language.words(of: event.detail)]], indent: "    ")
                let data = (try? JSONValue(parsing: event.line))?["data"]
                Output.table(data.map(DocumentText.lines) ?? [[event.line]], indent: "    ")
                if let dependents = localizer.dependents(event) { Output.table([[dependents]], indent: "    ") }
            }
            Output.text(localizer.message(refused.isEmpty ? .nothingRefused : .afterRefusal))
        }

        private struct Answer: Encodable {
            struct Dependent: Encodable {
                var id: Int
                var pending: Bool
            }

            var id: Int
            var problem: String
            var detail: String
            var event: String
            var type: String
            var subject: String
            var time: String?
            var dependents: [Dependent]

            init(_ event: RefusedEvent) {
                id = event.id
                problem = event.problem
                detail = event.detail
                self.event = event.line
                type = event.type
                subject = event.subject
                time = event.time?.description
                dependents = event.dependents.map { Dependent(id: $0.id, pending: $0.isPending) }
            }
        }
    }

    /// The refused events' own bytes.
    struct ExportRefused: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: .told("Print the refused events as NDJSON, byte for byte.")
        )

        @OptionGroup var place: OutputPlace
        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run() throws {
            let lines = try replica.open().refused().map { Array("\($0.line)\n".utf8) }
            guard let file = place.file else {
                lines.forEach { Output.write($0) }
                return
            }
            try ExportFile.write(to: file, sparing: [replica.folder]) { write in
                for line in lines { try line.withUnsafeBufferPointer(write) }
            }
            if output.json {
                try Output.json(Answer(file: file, events: lines.count))
            } else {
                Output.say(lines.count == 1 ? "\(file): 1 refused event" : "\(file): \(lines.count) refused events")
            }
        }

        private struct Answer: Encodable {
            var file: String
            var events: Int
        }
    }

    /// Drops refused events for good.
    struct Discard: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: .told("Drop refused events for good."))

        @Argument(help: .told("The ids of the events to drop."))
        var ids: [Int] = []

        @Flag(help: .told("Drop all of them."))
        var all = false

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func validate() throws {
            guard all == ids.isEmpty else { throw ValidationError("Name the ids to drop, or give --all.") }
        }

        func run() throws {
            let dropped = try replica.open().discardRefused(all ? nil : ids)
            if output.json {
                try Output.json(["discarded": dropped])
            } else {
                Output.say(dropped == 1 ? "1 event dropped" : "\(dropped) events dropped")
            }
        }
    }
}
