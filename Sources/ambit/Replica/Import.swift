import AgendaModel
import ArgumentParser
import SyncClient
import TypedInput
import Wording

/// `ambit import`: record many events from files.
struct Import: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told(
            "Record many events from NDJSON files, or what was changed in an exported workbook: all, or nothing."
        ),
        discussion: .told(
            """
            A workbook or an archive of tables that ambit export made, and that somebody has edited, is read back: each cell \
            that differs becomes part of an event by somebody who had seen the log as it was then. What others changed \
            meanwhile is kept beside it, as a conflict. Rows with an empty subject are new; missing rows mean nothing.

            ambit import tables.xlsx --dry-run
            ambit import project.csv --at 4107

            Rows of CSV that are new events need no subject: ambit import metingen.csv --type meting reads numbers and days \
            as your language writes them, knows subjects by their whole title, names every wrong cell, and records \
            nothing while one is left.

            A line is {"type": …, "data": {…}} with "subject" or, for a creating event, optionally "as": a local name that \
            later lines use as "$name". Files that are imported together share their local names.

            Lines of ambit export --format ndjson and ambit refused export will do as well: such events are recorded anew, \
            as this laptop's, unless the log has them already. So what a server lost for good, and only the folder OLD \
            still has, gets into a new clone:

            ambit export --format ndjson --outbox -C OLD -o old.ndjson
            ambit import old.ndjson --device device/k3j9x2 -C NEW
            """
        )
    )

    @Argument(help: .told("The files, in order; - is standard input."))
    var files: [String]

    @Option(
        help: .told(
            "Of lines that are events, record only those of this device; once for each.",
            valueName: "device"
        )
    )
    var device: [String] = []

    @Flag(help: .told("With tables: say what would be recorded, and record nothing."))
    var dryRun = false

    @Option(help: .told("With one CSV: the size of the log that it was exported from.", valueName: "n"))
    var at: Int?

    @Option(
        help: .told(
            "With one CSV: its rows are new events of this type, in your language; the first row names the fields.",
            valueName: "type"
        )
    )
    var type: String?

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        if let type { return try recordRows(ofType: type) }
        if let tables = try TableImport(files, at: at) {
            guard device.isEmpty else { throw ValidationError("--device is for lines that are events.") }
            return try tables.record(in: replica, isTrial: dryRun, language.localizer(for: output), output)
        }
        guard !dryRun, at == nil else { throw ValidationError("--dry-run and --at are for tables.") }
        var input = ConcatenatedInput()
        for file in files { input.append(try InputFile.readText(file), named: file) }
        let replica = try replica.open()
        let summary: ImportSummary
        do {
            summary = try replica.importEvents(input.bytes, of: devices)
        } catch {
            guard error.code == .invalidImport, let at = error.line, let place = input.place(ofLine: at)
            else { throw error }
            // The library counts lines through all files; people count them in one.
            let found = error.description.trimmingPrefix("line \(at): ")
            throw Failure(
                "\(place.name), line \(place.line): \(String(found).withoutFullStop). Nothing was recorded.",
                code: error.problem ?? error.code.rawValue
            )
        }
        if output.json {
            try Output.json(
                Answer(
                    events: summary.events,
                    names: Dictionary(summary.names.map { ($0.name, $0.subject) }) { first, _ in first },
                    passed: summary.passed
                )
            )
        } else {
            Output.say(
                summary.events == 1
                    ? "1 event recorded; ambit sync sends it."
                    : "\(summary.events) events recorded; ambit sync sends them."
            )
            if let passed = Self.words(summary.passed) { Output.say(passed) }
        }
    }

    private func recordRows(ofType type: String) throws {
        guard files.count == 1, device.isEmpty, at == nil, !dryRun else {
            throw ValidationError("--type takes one CSV file, and none of --device, --at and --dry-run.")
        }
        let replica = try replica.open()
        let localizer = language.localizer(for: output)
        let rows = try NewRows(files[0], ofType: type, in: replica, by: language.typist(for: output), localizer)
        let summary = try rows.record(in: replica, localizer)
        let doubts = try rows.doubts(in: replica, recorded: summary, localizer)
        if output.json {
            var answer = Answer(events: summary.events, names: [:], passed: summary.passed)
            if !doubts.isEmpty { answer.doubts = doubts.map(Answer.Doubted.init) }
            try Output.json(answer)
            return
        }
        let message: Message = summary.events == 1 ? .importedNowOne : .importedNowMany
        Output.line(localizer.message(message, ["count": localizer.number("\(summary.events)")]))
        Self.show(doubts.map(\.text), localizer)
        if !doubts.isEmpty { Output.note("ambit: \(localizer.message(.undoTakesBack))") }
    }

    /// Says on standard error what is unlikely of what files have.
    static func show(_ doubts: [String], _ localizer: Localizer) {
        for doubt in doubts.prefix(maximumDoubts) { Output.note("ambit: \(doubt)") }
        let rest = doubts.count - maximumDoubts
        if rest > 0 { Output.note("ambit: \(localizer.message(.moreDoubts, ["count": localizer.number("\(rest)")]))") }
    }

    /// So many are told one by one.
    private static let maximumDoubts = 20

    /// nil = all.
    private var devices: Set<DeviceID>? { device.isEmpty ? nil : Set(device.map { DeviceID(written: $0) }) }

    /// nil when every line was recorded.
    private static func words(_ passed: ImportSummary.Passed) -> String? {
        let parts = [
            (passed.known, "that the log has already"), (passed.otherDevices, "of other devices"),
            (passed.erased, "whose data was erased"),
            (passed.unrepeatable, "that only the server, or the device itself, can record"),
        ]
        let words = parts.filter { $0.0 > 0 }.map { "\($0.0) \(Language.spoken.words(of: $0.1))" }
        return words.isEmpty ? nil : "Passed over: \(words.joined(separator: ", "))."
    }

    private struct Answer: Encodable {
        struct Passed: Encodable {
            var known: Int
            var otherDevices: Int
            var erased: Int
            var unrepeatable: Int
        }

        var events: Int
        var names: [String: String]
        var passed: Passed
        /// What is unlikely of rows that were recorded.
        var doubts: [Doubted]?

        struct Doubted: Encodable {
            var row: Int
            var subject: String
            var doubt: String
            var path: String

            init(_ doubtful: NewRows.Doubtful) {
                row = doubtful.row
                subject = doubtful.subject
                doubt = doubtful.doubt.code.rawValue
                path = doubtful.doubt.path
            }
        }

        init(events: Int, names: [String: String], passed: ImportSummary.Passed) {
            self.events = events
            self.names = names
            self.passed = Passed(
                known: passed.known,
                otherDevices: passed.otherDevices,
                erased: passed.erased,
                unrepeatable: passed.unrepeatable
            )
        }
    }
}
