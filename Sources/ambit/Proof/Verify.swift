import ArgumentParser
import EventLog
import Foundation
import Wording

/// `ambit verify`: whether everything that is stored is still what was signed.
struct Verify: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        abstract: .told("Check a whole log: a replica, an agenda on a server's data, or a mirror."),
        discussion: .told(
            """
            Reads everything once, writes nothing, and needs no network; a replica or a server that is in use can be checked \
            too. The folder is a replica's, a mirror's, or that of one agenda in a server's data (DATA/agendas/NAME).

            Without --key the key that is stored with the log is used: then a log that somebody made anew, with a key of \
            their own, is sound as well. Give the key that was published. A log that was cut back to an earlier state is \
            sound too, unless --checkpoint gives a later checkpoint that somebody else has kept.
            """
        )
    )

    @Argument(help: .told("The folder; the current one when it is left out."))
    var directory: String = "."

    @Option(help: .told("The log's verifier key, as it was published.", valueName: "vkey"))
    var key: String?

    @Option(help: .told("A checkpoint that was kept elsewhere, which the log must extend.", valueName: "file"))
    var checkpoint: String?

    @OptionGroup var witnesses: WitnessOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func validate() throws {
        guard let key else { return }
        do {
            _ = try VerifierKey(key)
        } catch {
            throw ValidationError("--key: \(error.message)")
        }
    }

    func run() throws {
        var bar = ProgressBar("checking")
        defer { bar.finish() }
        var verification = Verification(
            directory: directory,
            key: try key.map { try VerifierKey($0) },
            policy: try witnesses.policy(),
            held: try checkpoint.map { try InputFile.read($0) }
        )
        do {
            let finding = try verification.run { bar.show($0, of: $1) }
            bar.finish()
            if output.json { try Output.json(finding) } else { Output.table(finding.lines(Localizer(.spoken))) }
        } catch let difference as LogDifference {
            bar.finish()
            throw Failure(
                "\(directory) is not sound. The first difference is at \(difference). \(verification.nextStep(difference))",
                code: "difference",
                exitCode: 2
            )
        }
    }
}
