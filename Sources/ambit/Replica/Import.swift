import ArgumentParser
import SyncClient

/// `ambit import`: record many events from files.
struct Import: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Record many events from NDJSON files: all of them, or none when a line is wrong.",
        discussion: """
            A line is {"type": …, "data": {…}} with "subject" or, for a creating event, optionally "as": a local name that \
            later lines use as "$name". Files that are imported together share their local names.
            """
    )

    @Argument(help: "The files, in order; - is standard input.")
    var files: [String]

    @OptionGroup var replica: ReplicaOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let sources = try files.map { (name: $0, bytes: try Files.read($0)) }
        var all: [UInt8] = []
        // Where each file's lines begin, so that an error can name file and line.
        var starts: [(name: String, line: Int)] = []
        var line = 1
        for source in sources {
            starts.append((source.name, line))
            all += source.bytes
            if let last = source.bytes.last, last != UInt8(ascii: "\n") { all.append(UInt8(ascii: "\n")) }
            line = 1 + all.count { $0 == UInt8(ascii: "\n") }
        }
        let replica = try replica.open()
        let summary: ImportSummary
        do {
            summary = try replica.importEvents(all)
        } catch {
            guard error.code == .invalidImport, let at = error.line, let start = starts.last(where: { $0.line <= at })
            else { throw error }
            throw Failure(
                "\(start.name), line \(at - start.line + 1): \(error.description) Nothing was recorded.",
                code: error.problem ?? error.code.rawValue
            )
        }
        if output.json {
            try Output.json(
                Answer(
                    events: summary.events,
                    names: Dictionary(summary.names.map { ($0.name, $0.subject) }) { first, _ in first }
                )
            )
        } else {
            Output.line("\(summary.events) events recorded; ambit sync sends them.")
        }
    }

    private struct Answer: Encodable {
        var events: Int
        var names: [String: String]
    }
}
