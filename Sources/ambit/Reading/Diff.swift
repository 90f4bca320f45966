import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncProtocol
import Wording

/// `ambit diff`: what changed between two states.
struct Diff: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Show what differs between the states at two sizes, days or moments: by subject and field."),
        discussion: .told(
            """
            ambit diff 4107 4210
            ambit diff 2026-03-01 2026-04-01 --kind project
            ambit diff 2026-03-01
            """
        )
    )

    @Argument(help: .told("The earlier state: a size, a day or a moment.", valueName: "a"))
    var earlier: String

    @Argument(help: .told("The later one; the present one when missing.", valueName: "b"))
    var later: String?

    @Option(help: .told("Only subjects of this kind."))
    var kind: String?

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let kind = try KindArgument.name(kind)
        let log = try source.open()
        let from = try StateArgument(earlier, in: language, for: output).size(in: log)
        let to = try later.map { try StateArgument($0, in: language, for: output).size(in: log) } ?? log.head().size
        guard from <= to else {
            throw Failure(
                "\(earlier) is a later state (\(from) entries) than \(later ?? "") (\(to)). "
                    + "Give the earlier one first.",
                code: "invalid-range"
            )
        }
        let prefix = kind.map { "\($0)/" } ?? ""
        let differences = try differences(from: from, to: to, in: log).filter { $0.subject.hasPrefix(prefix) }
        if output.json {
            show(differences, from: from, to: to)
        } else {
            show(differences)
        }
    }

    private func differences(
        from earlier: LogSize,
        to later: LogSize,
        in log: any LogReader
    ) throws -> [SubjectDifference] {
        if later - earlier <= StateView.maximumStretch {
            let found = source.readModels { view, log in
                later <= view.size ? try view.differences(from: earlier, to: later, in: log) : nil
            }
            if let found { return found }
        }
        var bar = ProgressBar("replaying")
        defer { bar.finish() }
        return try TimeTravel.differences(of: log, from: earlier, to: later) { bar.show($0, of: later) }
    }

    private func show(_ differences: [SubjectDifference], from: LogSize, to: LogSize) {
        var json = JSONWriter(capacity: 64 * 1024)
        json.beginObject()
        json.member("from", from)
        json.array("subjects", differences) { $0.difference($1, language.localizer(for: output)) }
        json.member("to", to)
        json.endObject()
        Output.write(json.bytes + [UInt8(ascii: "\n")])
    }

    private func show(_ differences: [SubjectDifference]) {
        if differences.isEmpty { Output.note("ambit: \(language.localizer(for: output).message(.noDifference))") }
        for difference in differences {
            let description = language.localizer(for: output).describe(difference)
            Output.table([[description.headline]])
            Output.table(description.changes, indent: "  ")
            Output.table(description.conflicts.map { [$0] }, indent: "  ")
        }
    }
}
