import AgendaModel
import ArgumentParser
import EventLog
import Files
import LogClient
import SyncClient

/// `ambit mirror`: a log as static files.
struct MirrorCommand: AsyncParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "mirror",
        abstract: .told(
            "Copy a log into a folder of files that any web server can give out and any C2SP client can check."
        ),
        discussion: .told(
            """
            Run again, it adds what is new. In a replica, or with -C, it uses its key and token; otherwise give --key, and \
            --token-file unless the log is public. The files hold everything that the log holds, names and notes included, \
            and may be read by every user of this machine that may read the folder.
            """
        )
    )

    @Argument(help: .told("The agenda's address: https://host/agendas/name."))
    var url: String

    @Argument(help: .told("The folder."))
    var directory: String

    @OptionGroup var replica: ReplicaOptions

    @Option(help: .told("The log's verifier key, instead of a replica's.", valueName: "vkey"))
    var key: String?

    @Option(help: .told("With --key: a file with the token of a device of the agenda.", valueName: "file"))
    var tokenFile: String?

    @OptionGroup var cleartext: CleartextOptions
    @OptionGroup var witnesses: WitnessOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func validate() throws {
        guard tokenFile == nil || key != nil else { throw ValidationError("--token-file goes with --key.") }
        guard key == nil || replica.named == nil else {
            throw ValidationError("With --key no replica is used: leave -C out.")
        }
        guard let key else { return }
        do {
            _ = try VerifierKey(key)
        } catch {
            throw ValidationError("--key: \(error.message)")
        }
    }

    func run() async throws {
        try OutputFile.checkIsNamed(directory)
        let summary = try await SyncDisplay.during { display in try await mirror { display.show($0) } }
        if output.json {
            try Output.json(
                Answer(
                    added: summary.added,
                    erased: summary.erased,
                    folder: directory,
                    size: summary.size,
                    unerased: summary.unerased
                )
            )
        } else {
            let new = summary.added == 0 ? "nothing new" : "\(summary.added) of them new"
            let erased = summary.erased == 0 ? "" : "; \(summary.erased) erased since"
            Output.say("\(directory): \(summary.size) entries, verified; \(new)\(erased)")
            if summary.unerased > 0 {
                Output.note(
                    summary.unerased == 1
                        ? "ambit: 1 entry was erased in the log, and \(url) still has it; mirror again later"
                        : "ambit: \(summary.unerased) entries were erased in the log, and \(url) still has them; "
                            + "mirror again later"
                )
            }
        }
    }

    private func mirror(_ report: @escaping @Sendable (SyncProgress) -> Void) async throws -> MirrorSummary {
        guard let key else {
            let replica = try replica.open()
            defer { replica.close() }
            // The token must not go to anybody else.
            let known = try replica.settings.url
            guard try AgendaAddress(url) == AgendaAddress(known) else {
                throw Failure(
                    "The replica belongs to \(known). To mirror from another address, give --key.",
                    code: "invalid-address"
                )
            }
            return try await replica.mirror(to: directory, witnesses: witnesses.policy(), report: report)
        }
        let token = try tokenFile.map { try TokenFile.read($0) }
        if token != nil {
            try AgendaAddress(url).log.check(mayCarry: "the token", allowsCleartext: cleartext.insecure)
        }
        let mirror = Mirror(
            to: directory,
            key: try VerifierKey(key),
            token: token,
            witnesses: try witnesses.policy(),
            report: { report(SyncProgress($0)) }
        )
        return try await mirror.run(from: url)
    }

    private struct Answer: Encodable {
        var added: Int
        var erased: Int
        var folder: String
        var size: LogSize
        var unerased: Int
    }
}
