import ArgumentParser
import Foundation
import Wording

/// The command line.
///
/// Each command parses its arguments, calls a library, and prints: nothing else happens here.
@main
struct Ambit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ambit",
        abstract: .told("The agenda of a city or region as a verifiable event log that laptops keep offline."),
        discussion: .told(
            """
            Replica commands work in the current folder or in the one given with -C, as git does. Every command but help \
            takes --json for a stable, machine-readable answer. ambit help lists guides that say how to do things.

            Exit codes: 0 done; 1 failed; 2 stopped for safety, because the server's history is not the one that this \
            laptop has verified, or because a proof does not hold or a log is not sound; 3 done, but the server refused events (see ambit \
            refused); 64 wrong arguments; 69 the server cannot be reached; 77 not allowed.
            """
        ),
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Server",
                subcommands: [Serve.self, Agenda.self, WitnessCommand.self, DoctorCommand.self, ConfigCommand.self]
            ),
            CommandGroup(
                name: "Administration",
                subcommands: [InviteCommand.self, MemberCommand.self, DeviceCommand.self]
            ),
            CommandGroup(
                name: "Laptop",
                subcommands: [
                    Clone.self, PageCommand.self, Record.self, Import.self, Types.self, Status.self, UndoCommand.self,
                    Sync.self, Sign.self, Settle.self, Refused.self, Redact.self, Rejoin.self, Heal.self, Token.self,
                ]
            ),
            CommandGroup(
                name: "Reading",
                subcommands: [
                    Show.self, ProgressCommand.self, FindCommand.self, Log.self, Diff.self, BlameCommand.self,
                    MembersCommand.self, PersonCommand.self, Conflicts.self, Replay.self, ExportCommand.self,
                ]
            ),
            CommandGroup(
                name: "Proof",
                subcommands: [Verify.self, Prove.self, Check.self, MirrorCommand.self, SnapshotCommand.self]
            ),
            CommandGroup(name: "Help", subcommands: [Help.self]),
        ]
    )

    static func main() async {
        // Output that is piped into a closed reader ends the command quietly instead of killing it half-way.
        signal(SIGPIPE, SIG_IGN)
        // A file that may not become longer is an error like any other.
        signal(SIGXFSZ, SIG_IGN)
        FullDisk.noteLoss()
        Interruption.removePassingFiles()
        var wantsJSON = false
        do {
            try Arguments.checkUTF8()
            var command = try parseAsRoot()
            wantsJSON = (command as? any JSONCapable)?.output.json ?? false
            if let found = command as? any AsyncParsableCommand {
                // This task alone uses the command, from here to the end of the program.
                nonisolated(unsafe) var asynchronous = found
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard let failure = Failure(error) else { leave(with: error) }
            failure.report(asJSON: wantsJSON)
            Foundation.exit(failure.exitCode)
        }
    }

    /// Ends as the argument parser does, but tells what is wrong in the reader's language, and shows what was typed.
    private static func leave(with error: any Error) -> Never {
        let (code, message) = (exitCode(for: error), fullMessage(for: error))
        // Help is all Ambit's own.
        guard !code.isSuccess, !message.isEmpty else { exit(withError: error) }
        let shown = Arguments.visible(message, typed: CommandLine.arguments)
        Output.aside(Language.spoken.words(of: shown) + "\n")
        Foundation.exit(code.rawValue)
    }
}
