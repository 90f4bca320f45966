import AgendaModel
import ArgumentParser
import EventLog
import Files
import Foundation
import Projections
import Snapshots
import SyncClient
import SyncProtocol

/// `ambit export`: snapshots; the same bytes for the same size, wherever they are made.
struct ExportCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: .told("Write the log, all documents or tables, now or at an earlier size or moment.")
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case ndjson, json, tables, sqlite, xlsx, geojson, jsonld, outbox

        /// nil for what is no snapshot of the log.
        var file: SnapshotFile? {
            switch self {
            case .outbox: nil
            case .ndjson: .log
            case .json: .state
            case .tables: .tables
            case .sqlite: .database
            case .xlsx: .workbook
            case .geojson: .map
            case .jsonld: .catalog
            }
        }
    }

    @Option(
        help: .told(
            "What to write: ndjson is the log, one entry a line; json is all documents with a manifest; tables is a zip of CSV files; "
                + "sqlite is a database; xlsx is a workbook; geojson is the projects on a map; jsonld "
                + "describes all of these for a catalogue of data sets; outbox is what is recorded here and not in the log, "
                + "one event a line, also where the log is damaged."
        )
    )
    var format: Format?

    @Option(
        help: .told(
            "Instead of a format: a line for each subject that changed after this size or moment, with its document, and a last line with the size and the digest.",
            valueName: "n|time"
        )
    )
    var changesSince: String?

    @OptionGroup var place: OutputPlace

    @Option(help: .told("At this size, day or moment.", valueName: "n|time"))
    var at: String?

    @Flag(help: .told("With ndjson: after the entries, the events of the outbox, refused ones too."))
    var outbox = false

    @Option(
        help: .told(
            "Also write what the export can be held against (size, root, digest, checkpoint) to this file.",
            valueName: "file"
        )
    )
    var manifest: String?

    @Option(
        help: .told(
            "Read the entries of this ndjson export instead, verified to the checkpoint in the manifest.json beside it; with --key.",
            valueName: "file"
        )
    )
    var from: String?

    @Option(help: .told("With --from: the log's verifier key.", valueName: "vkey"))
    var key: String?

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (format == nil) == (changesSince != nil) else {
            throw ValidationError("Give --format, or --changes-since.")
        }
        guard changesSince == nil || manifest == nil else {
            throw ValidationError("--manifest goes with --format: the last line says what changes can be held against.")
        }
        guard !outbox || (format == .ndjson && at == nil && source.data == nil) else {
            throw ValidationError("--outbox is for the ndjson of a whole replica, as it is now.")
        }
        guard format != .outbox || (at == nil && source.data == nil && manifest == nil && from == nil && !outbox) else {
            throw ValidationError("The format outbox is of a whole replica, as it is now: only -o and -C go with it.")
        }
        guard (from == nil) == (key == nil), from == nil || (source.data == nil && source.named == nil && !outbox)
        else {
            throw ValidationError("--from and --key go together, and without -C, --data and --outbox.")
        }
        guard file == nil || file != manifest, !losesOutput else {
            throw ValidationError("-o and --manifest name the same file.")
        }
    }

    /// Whether the manifest would take the place of what was written just before.
    private var losesOutput: Bool {
        guard let file, let manifest, let output = try? OutputFile(file), let other = try? OutputFile(manifest) else {
            return false
        }
        return output.isReplaced(by: other)
    }

    private var file: String? { place.file }

    private static func manifest(beside entries: String) -> String {
        "\(Folder.path(containing: entries))/manifest.json"
    }

    /// Before any work, and before the first of them is written.
    private func checkOutputs() throws {
        let inputs = from.map { [$0, Self.manifest(beside: $0)] } ?? []
        for path in [file, manifest].compactMap(\.self) {
            try ExportFile.check(path, sparing: source.ownFolders, keeping: inputs)
        }
    }

    func run() throws {
        try checkOutputs()
        if format == .outbox { return try exportOutbox() }
        guard let from, let key else { return try export(source.open()) }
        let manifest = try ReadManifest(at: Self.manifest(beside: from))
        let verifier: VerifierKey
        do {
            verifier = try VerifierKey(key)
        } catch {
            throw ValidationError("--key: \(error.message)")
        }
        let log = LogFileImport(of: from, checkpoint: try manifest.checkpoint(by: verifier), verifier: verifier)
        try log.read { try export($0) }
    }

    private func export(_ log: any LogReader) throws {
        // Before the log: what a sync moves meanwhile is there twice then, rather than not at all.
        let outbox = outbox ? try StoredEvent.all(in: source.folder) : []
        let size = try at.map { try StateArgument($0, in: language, for: output).size(in: log) } ?? log.head().size
        if let changesSince {
            let since = try StateArgument(changesSince, in: language, for: output).size(in: log)
            return try exportChanges(of: log, from: since, to: size)
        }
        guard let format else { return }
        guard let file else {
            let made = try write(log, as: format, size: size, outbox: outbox) { Output.write($0) }
            try writeManifest(made, of: log, at: size)
            return try Self.refuseDamaged(outbox, in: nil)
        }
        let made = try ExportFile.write(to: file, sparing: source.ownFolders) {
            try write(log, as: format, size: size, outbox: outbox, to: $0)
        }
        try writeManifest(made, of: log, at: size)
        if format != .ndjson, format != .json { try tellOfPending() }
        if output.json {
            try Output.json(Answer(file: file, size: size, outbox: self.outbox ? outbox.count : nil))
        } else {
            var more = ""
            if self.outbox {
                more =
                    outbox.count == 1
                    ? " and 1 event that is not in the log" : " and \(outbox.count) events that are not in the log"
            }
            Output.say(
                size == LogSize(1)
                    ? "\(file): \(format.rawValue) of 1 entry\(more)"
                    : "\(file): \(format.rawValue) of \(size) entries\(more)"
            )
        }
        try Self.refuseDamaged(outbox, in: file)
    }

    /// Reads nothing of the log: what nobody else has yet is to be had where the log is damaged, too.
    private func exportOutbox() throws {
        let events = try StoredEvent.all(in: source.folder)
        guard let file else {
            try Self.write(events) { Output.write($0) }
            return try Self.refuseDamaged(events, in: nil)
        }
        try ExportFile.write(to: file, sparing: source.ownFolders) { try Self.write(events, to: $0) }
        if output.json {
            try Output.json(Answer(file: file, outbox: events.count))
        } else {
            Output.say(
                events.count == 1
                    ? "\(file): 1 event that is not in the log"
                    : "\(file): \(events.count) events that are not in the log"
            )
        }
        try Self.refuseDamaged(events, in: file)
    }

    private static func write(_ events: [StoredEvent], to writer: Export.Writer) throws {
        for event in events { try (event.bytes + [Lines.newline]).withUnsafeBufferPointer(writer) }
    }

    /// Nobody is to re-record, unseen, what a disk has made of an event: a command that would do so after this one stops.
    ///
    /// - Throws: `Failure` when there are such events; they have been written by then.
    private static func refuseDamaged(_ events: [StoredEvent], in file: String?) throws {
        let numbers = events.indices.filter { events[$0].isDamaged }.map { "\($0 + 1)" }
        guard !numbers.isEmpty else { return }
        throw Failure(
            "\(file ?? "-"): everything was written, and of the events of the outbox these are damaged, counted from its first: "
                + "\(numbers.joined(separator: ", ")). What they say may not be what was recorded: put their lines right, or take "
                + "them out, before the file is imported.",
            code: "corrupt"
        )
    }

    /// Who edits tables would miss it: they hold what is in the log.
    private func tellOfPending() throws {
        guard at == nil, source.data == nil, from == nil else { return }
        let replica = try Replica(opening: source.folder)
        defer { replica.close() }
        let count = try replica.pending().count
        guard count > 0 else { return }
        Output.note(
            count == 1
                ? "ambit: 1 event that has not been sent is not in it; ambit sync sends it"
                : "ambit: \(count) events that have not been sent are not in it; ambit sync sends them"
        )
    }

    /// - Returns: what the export can be held against, where that had to be computed for it.
    private func write(
        _ log: any LogReader,
        as format: Format,
        size: LogSize,
        outbox: [StoredEvent],
        to writer: Export.Writer
    ) throws -> Manifest? {
        switch format {
        case .ndjson:
            try Export.ndjson(of: log, upTo: size, writer)
            try Self.write(outbox, to: writer)
            return nil
        case .outbox, .json, .tables, .sqlite, .xlsx, .geojson, .jsonld:
            guard let snapshot = format.file else { return nil }
            return try Replaying.showing(size) { progress in
                try snapshot.write(of: log, at: size, for: .members, in: workspace, progress: progress, to: writer)
            }.manifest
        }
    }

    private func exportChanges(of log: any LogReader, from since: LogSize, to size: LogSize) throws {
        guard since <= size else {
            throw Failure("The state at \(since) entries is later than the one at \(size).", code: "invalid-range")
        }
        let changes = try ChangedSubjects(in: log, since.positions(upTo: size)).changes
        let state = try folded(log, at: size)
        var count = 0
        func lines(_ write: Export.Writer) throws {
            count = 0
            for change in changes {
                guard let document = try state.read({ try $0.document(of: change.subject) }) else { continue }
                try ChangeLines.line(change, document).withUnsafeBufferPointer(write)
                count += 1
            }
            try ChangeLines.end(at: size, digest: state.digest(), count: count).withUnsafeBufferPointer(write)
        }
        guard let file else { return try lines { Output.write($0) } }
        try ExportFile.write(to: file, sparing: source.ownFolders) { try lines($0) }
        if output.json {
            try Output.json(Answer(file: file, size: size))
        } else {
            Output.say(
                changes.count == 1
                    ? "\(file): 1 subject that changed after \(since) of \(size) entries"
                    : "\(file): \(changes.count) subjects that changed after \(since) of \(size) entries"
            )
        }
    }

    private func writeManifest(_ made: Manifest?, of log: any LogReader, at size: LogSize) throws {
        guard let file = manifest else { return }
        let known =
            try made ?? Manifest(of: log, at: size, digest: folded(log, at: size).digest())
        let json = known.json
        try ExportFile.write(to: file, sparing: source.ownFolders) { write in
            try json.withUnsafeBufferPointer { try write($0) }
        }
    }

    /// What has been folded here already is not folded again.
    private var workspace: FoldedState.Workspace {
        FoldedState.Workspace(startingFrom: from == nil ? (try? source.stateFile) : nil)
    }

    private func folded(_ log: any LogReader, at size: LogSize) throws -> FoldedState {
        try Replaying.showing(size) { try FoldedState(of: log, at: size, in: workspace, progress: $0) }
    }

    private struct Answer: Encodable {
        var file: String
        /// nil for what is no snapshot of the log.
        var size: LogSize?
        /// How many events of the outbox, with `--outbox` and `--format outbox`.
        var outbox: Int?
    }
}
