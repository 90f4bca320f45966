import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import Snapshots
import SyncClient
import SyncProtocol

/// `ambit export`: snapshots; the same bytes for the same size, wherever they are made.
struct ExportCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the log, all documents or tables, now or at an earlier size or moment."
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case ndjson, json, tables, sqlite, xlsx, geojson
    }

    @Option(
        help: ArgumentHelp(
            "What to write: ndjson is the log, one entry a line; json is all documents with a manifest; tables is a zip of CSV files; "
                + "sqlite is a database; xlsx is a workbook; geojson is the projects on a map."
        )
    )
    var format: Format

    @Option(
        name: .customShort("o"),
        help: ArgumentHelp("Write to this file; otherwise to standard output.", valueName: "file")
    )
    var file: String?

    @Option(help: ArgumentHelp("At this size, day or moment.", valueName: "n|time"))
    var at: String?

    @Flag(help: "With ndjson: after the entries, the events of the outbox, refused ones too.")
    var outbox = false

    @Option(
        help: ArgumentHelp(
            "Also write what the export can be held against (size, root, digest, checkpoint) to this file.",
            valueName: "file"
        )
    )
    var manifest: String?

    @OptionGroup var source: LogSource
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !outbox || (format == .ndjson && at == nil && source.data == nil) else {
            throw ValidationError("--outbox is for the ndjson of a whole replica, as it is now.")
        }
        guard file == nil || file != manifest else {
            throw ValidationError("-o and --manifest name the same file.")
        }
    }

    func run() throws {
        // Before the log: what a sync moves meanwhile is there twice then, rather than not at all.
        let outbox = outbox ? try Self.lines(ofOutboxIn: source.folder) : []
        let log = try source.open()
        let size = try at.map { try StateReference(argument: $0).size(in: log) } ?? log.head().size
        guard let file else {
            try write(log, size: size, outbox: outbox) { Output.write($0) }
            try writeManifest(log, size)
            return
        }
        try ExportFile.write(to: file, sparing: source.ownFolders) {
            try write(log, size: size, outbox: outbox, to: $0)
        }
        try writeManifest(log, size)
        if output.json {
            try Output.json(Answer(file: file, size: size, outbox: self.outbox ? outbox.count : nil))
        } else {
            let more = self.outbox ? " and \(outbox.count) events that are not in the log" : ""
            Output.line("\(file): \(format.rawValue) of \(size) entries\(more)")
        }
    }

    /// What is pending and what was refused, in the order of recording.
    private static func lines(ofOutboxIn folder: String) throws -> [String] {
        let replica = try Replica(opening: folder)
        defer { replica.close() }
        let pending = try replica.pending().map { ($0.id, $0.line) }
        let refused = try replica.refused().map { ($0.id, $0.line) }
        return (pending + refused).sorted { $0.0 < $1.0 }.map { $0.1 }
    }

    private func write(
        _ log: any LogReader,
        size: LogSize,
        outbox: [String],
        to writer: Export.Writer
    ) throws {
        switch format {
        case .ndjson:
            try Export.ndjson(of: log, upTo: size, writer)
            for line in outbox { try Array("\(line)\n".utf8).withUnsafeBufferPointer(writer) }
        case .json:
            let state = try Replaying.state(of: log, at: size)
            try Export.json(of: state, in: log, writer)
        case .tables: _ = try TablePackage.write(of: log, at: size, to: writer)
        case .xlsx: try Workbook.write(Snapshot(of: log, at: size), to: writer)
        case .geojson: try ProjectMap.write(Snapshot(of: log, at: size), to: writer)
        case .sqlite: _ = try TableDatabase.write(of: log, at: size, to: writer)
        }
    }

    private func writeManifest(_ log: any LogReader, _ size: LogSize) throws {
        guard let file = manifest else { return }
        let digest = TimeTravel.digest(of: try TimeTravel.state(of: log, at: size))
        let json = try Manifest(of: log, at: size, digest: digest).json
        try ExportFile.write(to: file, sparing: source.ownFolders) { write in
            try json.withUnsafeBufferPointer { try write($0) }
        }
    }

    private struct Answer: Encodable {
        var file: String
        var size: LogSize
        /// How many events of the outbox, with `--outbox`.
        var outbox: Int?
    }
}
