import AgendaModel
import ArgumentParser
import EventLog
import Projections
import SyncClient
import Wording

/// `ambit progress`: how far the targets of ambitions have come.
struct ProgressCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "progress",
        abstract: .told("Show how far each target has come, and whether it is on course; needs no network."),
        discussion: .told(
            """
            With what is recorded here and not sent yet. A target is on course when at least that share of it has been \
            reached that has gone by of the time, from the agenda's first day to the target's own.

            ambit progress
            ambit progress woningen
            """
        )
    )

    @Argument(help: .told("Only this ambition: its name, or a part of its title."), completion: Completing.ambition)
    var ambition: [String] = []

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let replica = try replica.open()
        let localizer = language.localizer(for: output)
        let wanted = ambition.isEmpty ? nil : try replica.subject(meaning: words, of: "ambition")
        let today = RuntimeEnvironment.system.now().day(in: language.timeZone(for: output))
        let found = try replica.reading { view, _ in
            let agenda = try view.documents(kind: "agenda", after: nil, limit: 1).first
            let start = try agenda.map { try JSONValue(folded: $0.document) }?["from"]?.text
            let all = try view.progress().filter { wanted == nil || $0.ambition == wanted }
            let naming = view.naming
            var titles: [String: String] = [:]
            for subject in Set(all.flatMap { [$0.ambition, $0.indicator] }) {
                titles[subject] = try naming.title(of: subject)
            }
            let items = all.map { (progress: $0, course: Course($0, from: start, today: today)) }
            return (size: view.size, items: items, titles: titles)
        }
        if output.json {
            let items = found.items.map { Answer.Item($0.progress, $0.course) }
            return try Output.json(Answer(size: found.size, progress: items))
        }
        if found.items.isEmpty { Output.note("ambit: \(localizer.message(.noTargets))") }
        for ambition in Set(found.items.map(\.progress.ambition)).sorted() {
            Output.line(localizer.subject(ambition, found.titles))
            let rows = found.items.filter { $0.progress.ambition == ambition }.map {
                row($0.progress, course: $0.course, titles: found.titles, localizer)
            }
            Output.table(rows, indent: "  ")
        }
    }

    private var words: String { ambition.joined(separator: " ") }

    private func row(
        _ progress: Progress,
        course: Course,
        titles: [String: String],
        _ localizer: Localizer
    ) -> [String] {
        let amount = localizer.message(
            .progressOf,
            [
                "value": localizer.number(progress.value), "target": localizer.number(progress.target),
                "unit": progress.unit ?? "",
            ]
        )
        let share = max(0, min(1, progress.share))
        let filled = Int((share * 20).rounded(.down))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
        let due = progress.due.map { localizer.message(.pageDue, ["day": localizer.date($0)]) }
        return [
            titles[progress.indicator] ?? progress.indicator,
            progress.unit == nil ? String(amount.dropLast()) : amount,
            bar,
            "\(Int((share * 100).rounded(.down))) %",
            localizer.message(course.message),
            due ?? "",
        ]
    }

    private struct Answer: Encodable {
        struct Item: Encodable {
            var ambition: String
            var indicator: String
            var unit: String?
            var target: Double
            var due: String?
            var value: Double
            var measurements: Int
            var course: String

            init(_ progress: Progress, _ course: Course) {
                ambition = progress.ambition
                indicator = progress.indicator
                unit = progress.unit
                target = progress.target
                due = progress.due
                value = progress.value
                measurements = progress.measurements
                self.course = course.rawValue
            }
        }

        var size: LogSize
        var progress: [Item]
    }
}
