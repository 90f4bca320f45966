import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Files
import SyncClient
import SyncProtocol
import SyncServer
import Wording

extension Agenda {
    /// Makes an agenda of a log that an export has written.
    struct Import: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told(
                "Make an agenda of the log.ndjson of a snapshot or an export, and a copy of its key."
            ),
            discussion: .told(
                """
                The entries are verified to the checkpoint in the manifest before the agenda is made. The key is that of \
                the log, which goes on as it was: serve it in one place only. Tokens and invites are in no export: the \
                first admin comes in by the invite that is shown, laptops with ambit rejoin.
                """
            )
        )

        @Argument(help: .told("The agenda's name, as in its origin."), transform: AgendaName.init(argument:))
        var name: AgendaName

        @Option(
            help: .told(
                "The entries: log.ndjson, or what ambit export --format ndjson wrote.",
                valueName: "file"
            )
        )
        var from: String

        @Option(help: .told("A copy of the agenda's log.key.", valueName: "file"))
        var key: String

        @Option(help: .told("The manifest; otherwise manifest.json beside the entries.", valueName: "file"))
        var manifest: String?

        @OptionGroup var server: DataOptions
        @OptionGroup var clock: ClockOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run() async throws {
            let folder = try server.folderAlone("ambit agenda import")
            let manifest = try ReadManifest(at: manifest ?? "\(Folder.path(containing: from))/manifest.json")
            guard manifest.origin.hasSuffix("/agendas/\(name)") else {
                throw Failure("That is the log \(manifest.origin), which is not the agenda \(name).", code: "other-log")
            }
            let key = try DataFolder.key(at: key, origin: manifest.origin)
            let checkpoint = try manifest.checkpoint(by: key.verifier)
            let file = LogFileImport(of: from, checkpoint: checkpoint, verifier: key.verifier)
            let invite = try await SyncDisplay.during { [clock] display in
                try await folder.importing(name, key: key) { agenda, passing in
                    try await Self.fill(agenda, with: file, passing: passing, clock) { display.show($0) }
                }
            }
            let size = checkpoint.checkpoint.size
            let loss = InviteCode.loss(of: invite.code)
            if output.json {
                let answer = Answer(
                    agenda: name,
                    origin: manifest.origin,
                    size: size,
                    invite: invite.code,
                    expires: invite.expires
                )
                return try Output.json(answer, losing: loss)
            }
            let localizer = Localizer(.spoken)
            Output.line(
                localizer.message(.agendaImported, ["agenda": name.rawValue, "count": localizer.number("\(size)")]),
                losing: loss
            )
            Output.line(
                localizer.message(.adminInvite, ["invite": invite.code, "expires": invite.expires]),
                losing: loss
            )
            Output.line(localizer.message(.onlyReadForNow, ["agenda": name.rawValue, "data": server.data]))
        }

        private static func fill(
            _ agenda: DataFolder.Agenda,
            with file: LogFileImport,
            passing folder: String,
            _ clock: ClockOptions,
            report: @escaping @Sendable (SyncProgress) -> Void
        ) async throws -> InviteAnswer {
            let sequencer = try Sequencer(
                store: agenda.store,
                key: agenda.key,
                environment: .system,
                seen: agenda.seen,
                reporting: UpkeepFailure.onStandardError
            )
            do {
                try await file.give(to: sequencer, passing: folder, report: report)
            } catch {
                await sequencer.shutDown()
                throw error
            }
            await sequencer.shutDown()
            let administration = Administration(
                of: agenda.store,
                by: .keyHolder(agenda.key, agenda.seen),
                environment: .system,
                acceptsClock: clock.acceptClock,
                reporting: UpkeepFailure.onStandardError
            )
            return InviteAnswer(try await administration.invite(.admin))
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            var origin: String
            var size: LogSize
            var invite: String
            var expires: String
        }
    }
}
