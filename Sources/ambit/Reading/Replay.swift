import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncProtocol
import Wording

/// `ambit replay`: fold the log from nothing.
struct Replay: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Fold the log from nothing, and print what comes out: equal on every replica of the same size.")
    )

    @Option(help: .told("Fold up to this size, day or moment.", valueName: "n|time"))
    var to: String?

    @Flag(help: .told("Print nothing but the digest of the state."))
    var digest = false

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let log = try source.open()
        let size = try to.map { try StateArgument($0, in: language, for: output).size(in: log) } ?? log.head().size
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
            let localizer = language.localizer(for: output)
            Output.table([
                [localizer.message(.verifyEntries), "\(size)"],
                [localizer.message(.subjectCount), "\(state.subjects.count)"],
                [localizer.message(.statusConflicts), "\(state.conflicts.count)"],
                [localizer.message(.verifyDigest), sum],
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
