import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncProtocol
import Wording

/// `ambit log`: the entries in words, newest last.
struct Log: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract:
            "Show what happened: each event in words, with the values before and after, who, when, and conflicts.",
        discussion: """
            With --json, each entry is printed on a line of its own, byte for byte as it was hashed; with --json --explain, \
            as an object with the values before and after.
            """
    )

    @Option(help: "Only events about this subject; a short form will do.")
    var subject: String?

    @Option(help: "Only events of this type.")
    var type: String?

    @Option(
        help: ArgumentHelp("Only what this member, or this device, recorded: a name or a subject.", valueName: "member")
    )
    var by: String?

    @Option(help: ArgumentHelp("Only what was committed on this day, at this moment, or later.", valueName: "n|time"))
    var since: String?

    @Option(help: ArgumentHelp("Only what was committed up to this size, day or moment.", valueName: "n|time"))
    var until: String?

    @Option(help: "Begin at this position.")
    var from: Int = 0

    @Option(help: "Only the last so many that fit.")
    var last: Int?

    @Flag(help: "With --json: each event with what it changed, instead of the entries' own bytes.")
    var explain = false

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard from >= 0, last.map({ $0 > 0 }) ?? true else {
            throw ValidationError("Positions and counts are not negative.")
        }
        guard output.json || !explain else { throw ValidationError("--explain goes with --json.") }
    }

    func run() throws {
        let log = try source.open()
        let size = try log.head().size
        let filter = HistoryFilter(subject: try subject.map { try source.resolve($0, in: log) }, type: type, by: by)
        let localizer = language.localizer
        let end = try until.map { try StateReference(argument: $0).size(in: log) } ?? size
        var start = max(LogSize(from), try since.map { try StateReference.start(argument: $0, in: log) } ?? .zero)
        // Without a filter every entry fits, so the last ones can be counted off.
        if let last, filter == HistoryFilter() { start = max(start, max(.zero, end - last)) }
        var lines = LastLines(last)
        if start < end {
            let range = start.positions(upTo: end)
            if output.json, !explain, by == nil {
                try forEachEntry(in: log, range, fitting: filter) { (entry: [UInt8]) in
                    lines.append(entry + [UInt8(ascii: "\n")])
                }
            } else {
                var bar = ProgressBar("replaying")
                let progress: (LogSize) -> Void = { if lines.isEmpty { bar.show($0, of: end) } }
                try History.forEachEvent(in: log, range, fitting: filter, progress: progress) { event, entry in
                    if lines.isEmpty { bar.finish() }
                    let entry = Array(entry)
                    lines.append(shown(event, entry: entry, by: localizer))
                }
                bar.finish()
            }
        }
        lines.finish()
        if lines.isEmpty { Output.note("ambit: \(localizer.message(.noEntryFits, ["count": "\(size)"]))") }
    }

    private func forEachEntry(
        in log: any LogReader,
        _ range: Range<Position>,
        fitting filter: HistoryFilter,
        _ body: ([UInt8]) -> Void
    ) throws {
        var reader = EventReader()
        try log.forEachBlock(in: range) { _, _, entries in
            for line in entries.split(separator: UInt8(ascii: "\n")) {
                let entry = UnsafeBufferPointer(rebasing: line)
                if filter.mayFit(try reader.read(entry, as: .entry), entry) { body(Array(entry)) }
            }
        }
    }

    private func shown(_ event: HistoryEvent, entry: [UInt8], by localizer: Localizer) -> [UInt8] {
        guard !output.json else {
            guard explain else { return entry + [UInt8(ascii: "\n")] }
            var json = JSONWriter(capacity: 1024)
            json.event(event, localizer)
            return json.bytes + [UInt8(ascii: "\n")]
        }
        let description = localizer.describe(event)
        let text =
            Output.tableText([
                [
                    "\(event.position)",
                    ([description.headline] + description.circumstances).joined(separator: "\n"),
                ]
            ])
            + Output.tableText(description.changes, indent: "      ")
            + Output.tableText(description.conflicts.map { [$0] }, indent: "      ")
        return Array(text.utf8)
    }
}
