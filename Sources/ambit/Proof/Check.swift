import AgendaModel
import ArgumentParser
import EventLog

/// `ambit check`: whether a file shows what it says.
struct Check: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: "Check a file that ambit prove wrote, without a network.",
        discussion: """
            What is shown is that the log with this key has exactly this entry at this position; not that what it says is \
            still so. The key must come from somewhere that can be trusted, not from who gave the file.
            """
    )

    @Argument(help: "The file; - is standard input.")
    var file: String

    @Option(help: ArgumentHelp("The log's verifier key.", valueName: "vkey"))
    var key: String

    @Option(help: ArgumentHelp("The entry, when the file does not hold it or another one is meant.", valueName: "file"))
    var entry: String?

    @OptionGroup var witnesses: WitnessOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        do {
            _ = try VerifierKey(key)
        } catch {
            throw ValidationError("--key: \(error.message)")
        }
        guard file != "-" || entry != "-" else { throw ValidationError("Only one file can be standard input.") }
    }

    func run() throws {
        let key = try VerifierKey(key)
        let evidence = try Evidence(InputFile.read(file))
        var given = try entry.map { try InputFile.read($0) }
        // As ambit log --json prints it; an entry itself never holds a newline.
        if given?.last == UInt8(ascii: "\n") { given?.removeLast() }
        guard let entry = given ?? evidence.extra else {
            throw Failure("\(file) does not hold the entry that it is about. Give it with --entry.", code: "no-entry")
        }
        let checkpoint: Checkpoint
        var cosigned: [CosignedBy]?
        do {
            checkpoint = try evidence.verify(entry: entry, by: key)
            cosigned = try witnesses.policy()?.check(evidence.note).map {
                CosignedBy(name: $0.witness.name, time: $0.seconds)
            }
        } catch {
            switch error.code {
            case .badSignature: throw Failure("Not proven: \(error.message).", code: "bad-signature", exitCode: 2)
            case .notCosigned: throw Failure("Not proven: \(error.message).", code: "not-cosigned", exitCode: 2)
            case .corrupt: throw Failure("Not proven: \(error.message).", code: "not-proven", exitCode: 2)
            default: throw error
            }
        }
        try show(entry, at: evidence.position, checkpoint, cosigned)
    }

    private func show(
        _ entry: [UInt8],
        at position: Position,
        _ checkpoint: Checkpoint,
        _ cosigned: [CosignedBy]?
    ) throws {
        let text = String(validating: entry, as: UTF8.self)
        let recorded = entry.withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) }
        if output.json {
            try Output.json(
                Answer(
                    origin: checkpoint.origin,
                    position: position,
                    size: checkpoint.size,
                    root: checkpoint.root.base64,
                    recordedtime: recorded?.description,
                    entry: text,
                    bytes: text == nil ? Base64.encode(entry) : nil,
                    cosigned: cosigned
                )
            )
            return
        }
        Output.table(
            [
                ["proven", "entry \(position) of \(checkpoint.origin)"],
                ["in", "its log of \(checkpoint.size) entries with the root \(checkpoint.root.base64)"],
                ["recorded", recorded?.description ?? "(no recorded time)"],
            ] + (cosigned ?? []).map { ["cosigned", $0.words] } + [
                ["entry", text ?? "(\(entry.count) bytes that are no text)"]
            ]
        )
    }

    private struct Answer: Encodable {
        var origin: String
        var position: Position
        var size: LogSize
        var root: String
        var recordedtime: String?
        var entry: String?
        var bytes: String?
        var cosigned: [CosignedBy]?
    }
}
