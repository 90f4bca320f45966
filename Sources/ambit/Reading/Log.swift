import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncProtocol
import TypedInput
import Wording

/// `ambit log`: the entries in words, newest last.
struct Log: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract:
            .told(
                "Show what happened: each event in words, with the values before and after, who, when, and conflicts."
            ),
        discussion: .told(
            """
            With --json, each entry is printed on a line of its own, byte for byte as it was hashed; with --json --explain, \
            as an object with the values before and after. --format csv and html make a table, a row for each field.

            That devices signed their entries is left out of words and tables, unless it is asked for.
            """
        )
    )

    @Option(
        help: .told("Only events about this subject: its name, or a part of its title. May be given several times.")
    )
    var subject: [String] = []

    @Option(help: .told("Only events of this type. May be given several times."))
    var type: [String] = []

    @Option(
        help: .told(
            "Only what this member, or this device, recorded: a part of a name, or a subject. May be given several times.",
            valueName: "member"
        )
    )
    var by: [String] = []

    @Option(help: .told("Only what was committed on this day, at this moment, or later.", valueName: "n|time"))
    var since: String?

    @Option(help: .told("Only what was committed up to this size, day or moment.", valueName: "n|time"))
    var until: String?

    @Option(help: .told("Begin at this position."))
    var from: Int = 0

    @Option(help: .told("Only the last so many that fit."))
    var last: Int?

    @Option(help: .told("A table instead of words: csv, or html, a page to print or send."))
    var format: HistoryTable.Format?

    @Flag(help: .told("In words and tables also that devices signed their entries."))
    var signatures = false

    @Flag(help: .told("With --json: each event with what it changed, instead of the entries' own bytes."))
    var explain = false

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard from >= 0, last.map({ $0 > 0 }) ?? true else {
            throw ValidationError("Positions and counts are not negative.")
        }
        guard output.json || !explain else { throw ValidationError("--explain goes with --json.") }
        guard format == nil || !output.json else { throw ValidationError("Give --format or --json, not both.") }
    }

    func run() throws {
        let log = try source.open()
        let size = try log.head().size
        let localizer = language.localizer(for: output)
        var filter = HistoryFilter(
            subjects: Set(try subject.map { try source.resolve($0, in: log) }),
            types: Set(try type.map { try NameText.type($0).name }),
            authors: by.isEmpty ? [] : try KnownAuthors(in: log).subjects(by, localizer)
        )
        if !output.json, !signatures, !filter.types.contains(DeviceSignature.type) {
            filter.withoutTypes = [DeviceSignature.type]
        }
        let end = try until.map { try StateArgument($0, in: language, for: output).size(in: log) } ?? size
        var start = max(
            LogSize(from),
            try since.map { try StateArgument($0, in: language, for: output).start(in: log) } ?? .zero
        )
        if let last, by.isEmpty {
            start = max(start, try beginning(ofLast: last, before: end, fitting: filter, in: log))
        }
        let table = format.map { HistoryTable($0, in: localizer) }
        if let table { Output.write(table.head(of: log.identity.origin)) }
        var lines = LastLines(last)
        if start < end {
            let range = start.positions(upTo: end)
            if output.json, !explain, by.isEmpty {
                if let entries = entries(in: range, fitting: filter) {
                    for entry in entries { lines.append(entry + [UInt8(ascii: "\n")]) }
                } else {
                    try forEachEntry(in: log, range, fitting: filter) { (entry: [UInt8]) in
                        lines.append(entry + [UInt8(ascii: "\n")])
                    }
                }
            } else {
                if let found = events(in: range, fitting: filter) {
                    for (event, entry) in found { lines.append(shown(event, entry: entry, by: localizer)) }
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
        }
        lines.finish()
        if let table { Output.write(table.foot) }
        if lines.isEmpty { Output.note("ambit: \(localizer.message(.noEntryFits, ["count": "\(size)"]))") }
    }

    /// More are not held at once: then the log is read from its beginning on.
    private static let maximumHeld = 50_000

    /// The events of a short stretch, or about some subjects, with their entries; nil where the log has to be folded for them.
    private func events(
        in range: Range<Position>,
        fitting filter: HistoryFilter
    ) -> [(HistoryEvent, entry: [UInt8])]? {
        guard range.count <= StateView.maximumStretch || !filter.subjects.isEmpty else { return nil }
        return source.readModels { view, log in
            guard range.upperBound <= view.size.next else { return nil }
            var found: [(HistoryEvent, entry: [UInt8])] = []
            func take(_ event: HistoryEvent, _ entry: UnsafeBufferPointer<UInt8>) throws {
                guard found.count < Self.maximumHeld else { throw TooMany() }
                found.append((event, entry: Array(entry)))
            }
            if filter.subjects.isEmpty {
                try view.forEachEvent(in: log, range, fitting: filter, take)
            } else {
                try view.forEachEvent(about: filter.subjects, in: log, range, fitting: filter, take)
            }
            return found
        }
    }

    /// The entries about some subjects; nil where all of the log has to be read for them.
    private func entries(in range: Range<Position>, fitting filter: HistoryFilter) -> [[UInt8]]? {
        guard !filter.subjects.isEmpty else { return nil }
        return source.readModels { view, log in
            guard range.upperBound <= view.size.next else { return nil }
            var found: [[UInt8]] = []
            try view.forEachEntry(aboutAnyOf: filter.subjects, in: log) { position, entry, attributes in
                guard found.count < Self.maximumHeld else { throw TooMany() }
                if range.contains(position), filter.mayFit(attributes, entry) { found.append(Array(entry)) }
                return position < range.upperBound
            }
            return found
        }
    }

    private struct TooMany: Error {}

    /// The size before the last so many entries that fit.
    ///
    /// It looks at ever more of them from the end, never at all of a long log.
    private func beginning(
        ofLast count: Int,
        before end: LogSize,
        fitting filter: HistoryFilter,
        in log: any LogReader
    ) throws -> LogSize {
        var length = max(count, Segment.entryCount)
        while true {
            let start = max(.zero, end - length)
            var places: [LogSize] = []
            var reader = EventReader()
            try log.forEachBlock(in: start.positions(upTo: end)) { first, _, entries in
                for (index, line) in entries.split(separator: UInt8(ascii: "\n")).enumerated() {
                    let entry = UnsafeBufferPointer(rebasing: line)
                    guard filter.mayFit(try reader.read(entry, as: .entry), entry) else { continue }
                    places.append(LogSize(before: first + index))
                }
            }
            if places.count >= count { return places[places.count - count] }
            guard start > .zero else { return .zero }
            length *= 4
        }
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
        if let format { return HistoryTable(format, in: localizer).rows(event) }
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
