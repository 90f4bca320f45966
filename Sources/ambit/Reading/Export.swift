import AgendaModel
import ArgumentParser
import EventLog
import Foundation
import Projections
import SyncProtocol

/// `ambit export`: snapshots; the same bytes for the same size, wherever they are made.
struct ExportCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the log (ndjson) or all documents (json), now or at an earlier size or moment."
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case ndjson, json
    }

    @Option(help: "ndjson is the log, one entry a line; json is all documents with a manifest.")
    var format: Format

    @Option(
        name: .customShort("o"),
        help: ArgumentHelp("Write to this file; otherwise to standard output.", valueName: "file")
    )
    var file: String?

    @Option(help: ArgumentHelp("At this size, day or moment.", valueName: "n|time"))
    var at: String?

    @Option(
        help: ArgumentHelp(
            "Also write what the export can be held against (size, root, digest, checkpoint) to this file.",
            valueName: "file"
        )
    )
    var manifest: String?

    @OptionGroup var source: LogSource
    @OptionGroup var output: OutputOptions

    func run() throws {
        let log = try source.open()
        let size = try at.map { try StateReference(argument: $0).size(in: log) } ?? log.head().size
        guard let file else {
            try write(log, size) { Output.write($0) }
            try writeManifest(log, size)
            return
        }
        try ExportFile.write(to: file) { try write(log, size, $0) }
        try writeManifest(log, size)
        if output.json {
            try Output.json(Answer(file: file, size: size.rawValue))
        } else {
            Output.line("\(file): \(format.rawValue) of \(size.rawValue) entries")
        }
    }

    private func write(_ log: any LogReader, _ size: LogSize, _ writer: Export.Writer) throws {
        switch format {
        case .ndjson:
            try Export.ndjson(of: log, upTo: size, writer)
        case .json:
            var bar = ProgressBar("replaying")
            let state = try TimeTravel.state(of: log, at: size) { bar.show($0.rawValue, of: size.rawValue) }
            bar.finish()
            try Export.json(of: state, in: log, writer)
        }
    }

    private func writeManifest(_ log: any LogReader, _ size: LogSize) throws {
        guard let file = manifest else { return }
        let digest = TimeTravel.digest(of: try TimeTravel.state(of: log, at: size))
        let json = try Manifest(of: log, at: size, digest: digest).json
        try ExportFile.write(to: file) { write in try json.withUnsafeBufferPointer { try write($0) } }
    }

    private struct Answer: Encodable {
        var file: String
        var size: Int
    }
}
