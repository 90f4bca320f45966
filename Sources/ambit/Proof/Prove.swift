import AgendaModel
import ArgumentParser
import EventLog
import Projections

/// `ambit prove`: one entry with all that shows that it is in the log.
struct Prove: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Write a file that shows to anybody who has the log's key that an entry is in the log.",
        discussion: """
            The file holds the entry, the signed checkpoint, and how one leads to the other. ambit check and \
            Tools/verify.py check it without a network; it is a C2SP tlog-proof, which other programs read too.
            """
    )

    @Argument(help: "The entry's position, as ambit log shows it.")
    var position: Int

    @Option(
        name: .customShort("o"),
        help: ArgumentHelp("Write to this file; otherwise to standard output.", valueName: "file")
    )
    var file: String?

    @Option(
        help: ArgumentHelp(
            "A file with the signed checkpoint to prove it for, such as one that witnesses have cosigned; otherwise the log's "
                + "last one.",
            valueName: "file"
        )
    )
    var checkpoint: String?

    @OptionGroup var source: LogSource
    @OptionGroup var output: OutputOptions

    func run() throws {
        let log = try source.open()
        let size = try log.head().size.rawValue
        guard (0..<size).contains(position) else {
            throw Failure(
                size == 0 ? "The log is empty." : "The log has positions 0 to \(size - 1), not \(position).",
                code: "invalid-range"
            )
        }
        let note = try checkpoint.map { file in
            guard let note = String(validating: try InputFile.read(file), as: UTF8.self) else {
                throw Failure("\(file) is no checkpoint: it is not UTF-8.", code: "malformed")
            }
            return note
        }
        let evidence = try Evidence(of: Position(position), in: log, upTo: note)
        let text = Array(evidence.text.utf8)
        guard let file else {
            Output.write(text)
            return
        }
        try ExportFile.write(to: file, sparing: source.ownFolders) { write in
            try text.withUnsafeBufferPointer { try write($0) }
        }
        let key = log.identity.verifierKey.description
        let covered = try log.identity.verifierKey.verify(evidence.note).checkpoint.size
        if output.json {
            try Output.json(Answer(file: file, position: Position(position), size: covered, verifierKey: key))
        } else {
            Output.line("\(file): entry \(position), proven to be in the log of \(covered) entries")
            Output.line("To check it: ambit check \(file) --key \(key)")
        }
    }

    private struct Answer: Encodable {
        var file: String
        var position: Position
        var size: LogSize
        var verifierKey: String
    }
}
