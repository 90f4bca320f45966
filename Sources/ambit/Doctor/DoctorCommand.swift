import ArgumentParser
import Foundation

/// `ambit doctor`: what is wrong with a folder, and how it is mended.
struct DoctorCommand: ParsableCommand, JSONCapable {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: .told(
            "Look at a data folder or a replica: what is wrong, what it means, and the command that mends it."
        ),
        discussion: .told(
            """
            Reads everything and changes nothing, also while a server or a sync is at work. Words in capitals in the \
            commands stand for what only you know: a file, an invite.

            It ends with 1 when something was found.
            """
        )
    )

    @Argument(
        help: .told(
            "A server's data folder, one agenda in it, or a replica; else the current folder, or the usual replica."
        )
    )
    var named: String?

    @Option(
        help: .told("Where ambit serve --backup writes, for the commands that put one back.", valueName: "dir")
    )
    var backup: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var language: NamedLanguage

    func run() throws {
        let isHere = (try? Examination.kind(of: ".")) != nil
        let folder = try named ?? (isHere ? "." : UsualReplica.folder)
        var examination = Examination(of: folder, backups: backup, store: try store.address())
        try examination.run()
        let findings = examination.findings
        if output.json {
            try Output.json(Answer(folder: folder, kind: examination.kind.rawValue, findings: findings))
        } else if findings.isEmpty {
            Output.say("\(folder): nothing is wrong with this \(examination.kind.words)")
        } else {
            for line in findings.flatMap(\.lines) { Output.line(line) }
        }
        if !findings.isEmpty { throw ExitCode(1) }
    }

    private struct Answer: Encodable {
        var folder: String
        var kind: String
        var findings: [DoctorFinding]
    }
}
