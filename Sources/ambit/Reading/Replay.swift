import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncProtocol

/// `ambit replay`: fold the log from nothing.
struct Replay: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Fold the log from nothing, and print what comes out: equal on every replica of the same size."
    )

    @Option(help: ArgumentHelp("Fold up to this size, day or moment.", valueName: "n|time"))
    var to: String?

    @Flag(help: "Print nothing but the digest of the state.")
    var digest = false

    @OptionGroup var source: LogSource
    @OptionGroup var output: OutputOptions

    func run() throws {
        let log = try source.open()
        let size = try to.map { try StateReference(argument: $0).size(in: log) } ?? log.head().size
        let clock = ContinuousClock()
        let start = clock.now
        let state = try Replaying.state(of: log, at: size)
        let seconds = (clock.now - start) / .seconds(1)
        let sum = TimeTravel.digest(of: state).description
        if output.json {
            try Output.json(
                Answer(
                    size: size,
                    subjects: state.subjects.count,
                    conflicts: state.conflicts.count,
                    digest: sum,
                    seconds: seconds
                )
            )
        } else if digest {
            Output.line(sum)
        } else {
            Output.table([
                ["entries", "\(size)"],
                ["subjects", "\(state.subjects.count)"],
                ["conflicts", "\(state.conflicts.count)"],
                ["digest", sum],
            ])
        }
    }

    private struct Answer: Encodable {
        var size: LogSize
        var subjects: Int
        var conflicts: Int
        var digest: String
        var seconds: Double
    }
}
