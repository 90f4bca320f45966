import AgendaModel
import ArgumentParser
import SyncClient

/// `ambit refused`: what the server refused, and why.
struct Refused: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Show the events that the server refused, and why.",
        subcommands: [List.self, ExportRefused.self, Discard.self],
        defaultSubcommand: List.self
    )

    @OptionGroup var output: OutputOptions

    /// One line for each refused event.
    struct List: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: "List them (the default).")

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let refused = try replica.open().refused()
            if output.json {
                try Output.json(
                    refused.map { Answer(id: $0.id, problem: $0.problem, detail: $0.detail, event: $0.line) }
                )
                return
            }
            for event in refused {
                Output.table([["\(event.id)", "\(event.problem): \(event.detail)"]])
                Output.table([[event.line]], indent: "    ")
            }
            if refused.isEmpty {
                Output.line("nothing was refused")
            } else {
                Output.line(
                    "Corrected, an event is recorded anew with ambit record; ambit refused discard ID drops one."
                )
            }
        }

        private struct Answer: Encodable {
            var id: Int
            var problem: String
            var detail: String
            var event: String
        }
    }

    /// The refused events' own bytes.
    struct ExportRefused: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Print the refused events as NDJSON, byte for byte."
        )

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            try replica.open().refused().forEach { Output.line($0.line) }
        }
    }

    /// Drops refused events for good.
    struct Discard: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: "Drop refused events for good.")

        @Argument(help: "The ids of the events to drop.")
        var ids: [Int] = []

        @Flag(help: "Drop all of them.")
        var all = false

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard all == ids.isEmpty else { throw ValidationError("Name the ids to drop, or give --all.") }
        }

        func run() throws {
            let dropped = try replica.open().discardRefused(all ? nil : ids)
            if output.json {
                try Output.json(["discarded": dropped])
            } else {
                Output.line("\(dropped) events dropped")
            }
        }
    }
}
