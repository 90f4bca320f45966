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
        abstract: "Show what differs between the states at two sizes, days or moments: by subject and field.",
        discussion: """
            ambit diff 4107 4210
            ambit diff 2026-03-01 2026-04-01 --kind project
            ambit diff 2026-03-01
            """
    )

    @Argument(help: ArgumentHelp("The earlier state: a size, a day or a moment.", valueName: "a"))
    var earlier: String

    @Argument(help: ArgumentHelp("The later one; the present one when missing.", valueName: "b"))
    var later: String?

    @Option(help: "Only subjects of this kind.")
    var kind: String?

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        try KindArgument.check(kind)
        let log = try source.open()
        let from = try StateReference(argument: earlier).size(in: log)
        let to = try later.map { try StateReference(argument: $0).size(in: log) } ?? log.head().size
        guard from <= to else {
            throw Failure(
                "\(earlier) is a later state (\(from) entries) than \(later ?? "") (\(to)). "
                    + "Give the earlier one first.",
                code: "invalid-range"
            )
        }
        var bar = ProgressBar("replaying")
        let before = try TimeTravel.state(of: log, at: from) { bar.show($0, of: to) }
        let after = try TimeTravel.state(of: log, at: to, from: before) { bar.show($0, of: to) }
        bar.finish()
        let prefix = kind.map { "\($0)/" } ?? ""
        let differences = try after.subjects.lazy.filter { $0.hasPrefix(prefix) }.compactMap {
            try SubjectDifference(of: $0, from: before, to: after)
        }
        if output.json {
            show(differences, from: from, to: to)
        } else {
            show(differences)
        }
    }

    private func show(_ differences: [SubjectDifference], from: LogSize, to: LogSize) {
        var json = JSONWriter(capacity: 64 * 1024)
        json.beginObject()
        json.member("from", from)
        json.array("subjects", differences) { $0.difference($1, language.localizer) }
        json.member("to", to)
        json.endObject()
        Output.write(json.bytes + [UInt8(ascii: "\n")])
    }

    private func show(_ differences: [SubjectDifference]) {
        if differences.isEmpty { Output.note("ambit: \(language.localizer.message(.noDifference))") }
        for difference in differences {
            let description = language.localizer.describe(difference)
            Output.table([[description.headline]])
            Output.table(description.changes, indent: "  ")
            Output.table(description.conflicts.map { [$0] }, indent: "  ")
        }
    }
}
