import ArgumentParser
import SyncClient
import Wording

/// `ambit sync`: push what is pending and pull what is new.
struct Sync: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told(
            "Send what is pending and bring over what is new, verified against the server's signed checkpoint."
        )
    )

    @Flag(help: .told("Go on: bring over what others record, and send what is recorded here, as soon as it is there."))
    var watch = false

    @Option(
        help: .told(
            "The agenda's address from now on, for a server that has moved: https://host[:port]/agendas/<name>.",
            discussion: "It is kept when the same agenda is there; this laptop's token is sent there to see that."
        )
    )
    var url: String?

    @OptionGroup var cleartext: CleartextOptions
    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let replica = try replica.open()
        if let url { try await replica.changeAddress(to: url, options: cleartext.syncOptions) }
        if watch { return try await Watching(replica: replica, isJSON: output.json).run() }
        let before = try replica.conflictPlaces()
        let summary = try await SyncDisplay.during { display in
            try await replica.sync().finish { display.show($0) }
        }
        try SyncReport(summary, of: replica, before: before).print(output)
    }
}
