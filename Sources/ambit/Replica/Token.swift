import ArgumentParser
import SyncClient

/// `ambit token`: this laptop's token.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace this laptop's token.",
        subcommands: [Renew.self]
    )

    /// Replaces it.
    struct Renew: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Replace this laptop's token; the former one opens nothing any more.",
            discussion: "Interrupted, it leaves a token that works, and can be run again."
        )

        @OptionGroup var replica: ReplicaOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let replica = try replica.open()
            try await replica.renewToken()
            let device = try replica.settings.device
            if output.json {
                try Output.json(["device": device])
            } else {
                Output.line("\(device) has a new token; the former one opens nothing any more")
            }
        }
    }
}
