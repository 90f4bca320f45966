import AgendaModel
import ArgumentParser
import EventLog
import Wording

/// `ambit check`: whether a file shows what it says.
struct Check: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Check a file that ambit prove wrote, without a network."),
        discussion: .told(
            """
            What is shown is that the log with this key has exactly this entry at this position; not that what it says is \
            still so. The key must come from somewhere that can be trusted, not from who gave the file.
            """
        )
    )

    @Argument(help: .told("The file; - is standard input."))
    var file: String

    @Option(help: .told("The log's verifier key.", valueName: "vkey"))
    var key: String

    @Option(help: .told("The entry, when the file does not hold it or another one is meant.", valueName: "file"))
    var entry: String?

    @OptionGroup var witnesses: WitnessOptions
    @OptionGroup var language: LanguageOptions
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
        try show(entry, by: evidence, checkpoint, cosignedBy: cosigned)
    }

    private func show(
        _ entry: [UInt8],
        by evidence: Evidence,
        _ checkpoint: Checkpoint,
        cosignedBy cosigned: [CosignedBy]?
    ) throws {
        let position = evidence.position
        let enrolled = evidence.authorship.flatMap { EventLine(String(decoding: $0.enrolment, as: UTF8.self)) }
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
                    cosigned: cosigned,
                    signed: enrolled?.subject
                )
            )
            return
        }
        let localizer = language.localizer(for: output)
        let spoken = localizer.language
        func words(_ english: String) -> String { spoken.words(of: english) }
        Output.table(
            [
                [localizer.message(.proven), words("entry \(position) of \(checkpoint.origin)")],
                [
                    localizer.message(.provenIn),
                    words("its log of \(checkpoint.size) entries with the root \(checkpoint.root.base64)"),
                ],
                [
                    localizer.message(.provenRecorded), recorded.map(localizer.moment) ?? words("(no recorded time)"),
                ],
            ] + (cosigned ?? []).map { [localizer.message(.provenCosigned), $0.words(localizer)] }
                + (enrolled.map { [[localizer.message(.provenSigned), $0.deviceWords]] } ?? [])
                + (text.flatMap { EventLine($0) }.map { Self.lines($0, localizer) } ?? []) + [
                    [localizer.message(.tableEntry), text ?? words("(\(entry.count) bytes that are no text)")]
                ]
        )
    }

    /// What the entry says; what its subjects are called, and who uses the device, is not in it.
    private static func lines(_ line: EventLine, _ localizer: Localizer) -> [[String]] {
        [
            [
                localizer.message(.provenSays),
                localizer.sentence(line.type, line.data, about: line.subject, titles: [:]),
            ],
            [localizer.message(.provenBy), line.source ?? ""],
        ]
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
        /// The device that signed the entry with a key that the log has.
        var signed: String?
    }
}

extension EventLine {
    /// Of a `device.enrolled`: the device, what it is called, and whose it is.
    fileprivate var deviceWords: String {
        "\(subject) (\([data["name"]?.text, data["member"]?.text].compactMap(\.self).joined(separator: ", ")))"
    }
}
