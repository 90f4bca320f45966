import AgendaModel
import ArgumentParser
import EventLog
import Projections
import Wording

/// `ambit prove`: one entry with all that shows that it is in the log.
struct Prove: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Write a file that shows to anybody who has the log's key that an entry is in the log."),
        discussion: .told(
            """
            The file holds the entry, the signed checkpoint, and how one leads to the other; and the signature of the device \
            that recorded it, with the entry that enrolled the device. What this laptop recorded and has not signed yet it \
            signs first. ambit check and Tools/verify.py check the file without a network; it is a C2SP tlog-proof, which \
            other programs read too.
            """
        )
    )

    @Argument(help: .told("The entry's position, as ambit log shows it."))
    var position: Int

    @OptionGroup var place: OutputPlace

    @Option(
        help: .told(
            "A file with the signed checkpoint to prove it for, such as one that witnesses have cosigned; otherwise the log's "
                + "last one.",
            valueName: "file"
        )
    )
    var checkpoint: String?

    @OptionGroup var source: LogSource
    @OptionGroup var language: LanguageOptions
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
        var evidence = try Evidence(of: Position(position), in: log, upTo: note)
        try evidence.addAuthorship(from: log, unsent: { source.sign(for: $0) })
        let text = Array(evidence.text.utf8)
        guard let file = place.file else {
            Output.write(text)
            return
        }
        let inputs = [checkpoint].compactMap(\.self)
        try ExportFile.write(to: file, sparing: source.ownFolders, keeping: inputs) { write in
            try text.withUnsafeBufferPointer { try write($0) }
        }
        let key = log.identity.verifierKey.description
        let covered = try log.identity.verifierKey.verify(evidence.note).checkpoint.size
        let isSigned = evidence.authorship != nil
        if output.json {
            let answer = Answer(
                file: file,
                position: Position(position),
                size: covered,
                verifierKey: key,
                signed: isSigned
            )
            try Output.json(answer)
        } else {
            Output.say("\(file): entry \(position), proven to be in the log of \(covered) entries")
            let localizer = language.localizer(for: output)
            if let event = try told(in: log) { Output.text(localizer.describe(event).text) }
            // What the server records is signed with the log.
            if isSigned || !isServers(evidence) {
                Output.line(localizer.message(isSigned ? .proofSigned : .proofUnsigned))
            }
            Output.say("To check it: ambit check \(file) --key \(key)")
        }
    }

    private func isServers(_ evidence: Evidence) -> Bool {
        let line = evidence.extra.flatMap { EventLine(String(decoding: $0, as: UTF8.self)) }
        return line?.source == EventSource.server.rawValue
    }

    /// What the entry says, with the names that everything has there.
    private func told(in log: any LogReader) throws -> HistoryEvent? {
        let range = Position(position)..<Position(position + 1)
        let quick = source.readModels { view, log -> HistoryEvent? in
            guard range.upperBound <= view.size.next else { return nil }
            var found: HistoryEvent?
            try view.forEachEvent(in: log, range) { event, _ in found = event }
            return found
        }
        if let quick { return quick }
        var found: HistoryEvent?
        try Replaying.showing(LogSize(position + 1)) { progress in
            try History.forEachEvent(in: log, range, progress: progress) { event, _ in found = event }
        }
        return found
    }

    private struct Answer: Encodable {
        var file: String
        var position: Position
        var size: LogSize
        var verifierKey: String
        /// Whether the file holds the signature of the device that recorded the entry.
        var signed: Bool
    }
}
