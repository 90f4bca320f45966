import ArgumentParser
import SyncClient

/// `ambit sync`: push what is pending and pull what is new.
struct Sync: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Send what is pending and bring over what is new, verified against the server's signed checkpoint."
    )

    @Flag(help: "Go on: bring over what others record, and send what is recorded here, as soon as it is there.")
    var watch = false

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let replica = try replica.open()
        if watch { return try await Watching(replica: replica, isJSON: output.json).run() }
        let display = SyncDisplay()
        var summary = SyncSummary()
        do {
            for try await progress in replica.sync() {
                display.show(progress)
                if case .finished(let result) = progress { summary = result }
            }
        } catch {
            display.finish()
            throw error
        }
        display.finish()
        if output.json {
            try Output.json(SyncAnswer(summary))
        } else {
            Output.line(SyncAnswer.line(summary))
        }
        if summary.refused > 0 {
            Output.note(SyncAnswer.refusal(summary))
            throw ExitCode(3)
        }
    }
}
