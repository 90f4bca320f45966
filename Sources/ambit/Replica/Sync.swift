import ArgumentParser
import SyncClient

/// `ambit sync`: push what is pending and pull what is new.
struct Sync: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Send what is pending and bring over what is new, verified against the server's signed checkpoint."
    )

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let replica = try replica.open()
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
        let kept = try replica.status().refused
        if output.json {
            try Output.json(
                Answer(
                    size: summary.size,
                    pulled: summary.pulled,
                    accepted: summary.accepted,
                    refused: summary.refused,
                    refusedHere: kept,
                    retries: summary.retries
                )
            )
        } else {
            Output.line(
                "sent \(summary.accepted), received \(summary.pulled); the log has \(summary.size) events, verified"
            )
        }
        if summary.refused > 0 {
            Output.note(
                "ambit: the server refused \(summary.refused) events; ambit refused says why, and they are kept here"
            )
            throw ExitCode(3)
        }
        if kept > 0 { Output.note("ambit: \(Words.stillRefused(kept))") }
    }

    private struct Answer: Encodable {
        var size: Int
        var pulled: Int
        var accepted: Int
        var refused: Int
        /// With those of earlier times.
        var refusedHere: Int
        var retries: Int
    }
}
