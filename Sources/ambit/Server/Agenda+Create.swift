import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import SyncProtocol
import SyncServer

extension Agenda {
    /// Makes a new agenda.
    struct Create: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Make a new agenda; prints an invite for its first admin.",
            discussion:
                "ambit agenda create assen --title \"Asser Ambitie Agenda\" --data data --origin agenda.example/agendas/assen"
        )

        @Argument(help: "The name: 1 to 63 characters of a-z, 0-9 and hyphen.")
        var name: String

        @Option(help: "The title that people read.")
        var title: String

        @Option(
            help: ArgumentHelp(
                "What the log is called in its checkpoints, for ever: <host>/agendas/<name>. By default with this machine's name.",
                valueName: "origin"
            )
        )
        var origin: String?

        @Flag(
            name: .customLong("public"),
            help: "Anybody may read what is folded from the log, without what is personal."
        )
        var isPublic = false

        @Flag(help: "With --public: anybody may read the log too, with names and notes.")
        var publicLog = false

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard isPublic || !publicLog else { throw ValidationError("--public-log goes with --public.") }
            // Before anything is made: what is refused must not leave half an agenda.
            guard AgendaName.isValid(name) else {
                throw ValidationError(
                    "An agenda's name has 1 to 63 characters of a-z, 0-9 and hyphen, and no hyphen at its ends."
                )
            }
            guard !title.isEmpty, title.utf8.count <= Self.maximumTitleLength else {
                throw ValidationError("A title has 1 to \(Self.maximumTitleLength) bytes.")
            }
            let end = "/agendas/\(name)"
            guard LogKey.isOrigin(usedOrigin), usedOrigin.hasSuffix(end), usedOrigin.utf8.count > end.utf8.count else {
                throw ValidationError(
                    "An origin has the form <host>\(end), without white space and plus signs; give another --origin."
                )
            }
        }

        /// In bytes.
        private static let maximumTitleLength = 1000

        private var usedOrigin: String { origin ?? "\(ProcessInfo.processInfo.hostName)/agendas/\(name)" }

        func run() async throws {
            let agenda = try unfounded(DataFolder(at: server.data), origin: usedOrigin)
            try agenda.store.open(to: publicLog ? .publicLog : isPublic ? .public : .members)
            let administration = Administration(
                of: agenda.store,
                by: .keyHolder(agenda.key, agenda.seen),
                environment: .system,
                reporting: UpkeepFailure.onStandardError
            )
            // The invite comes first: an agenda that has been founded always has a way in.
            let invite = InviteAnswer(try await administration.invite(.admin))
            try await administration.found(name, title: title)
            let verifier = agenda.store.identity.verifierKey.description
            try agenda.store.close()
            if output.json {
                try Output.json(
                    Answer(
                        agenda: name,
                        origin: agenda.store.identity.origin,
                        verifierKey: verifier,
                        invite: invite.code,
                        expires: invite.expires
                    )
                )
            } else {
                Output.table([
                    ["agenda", name], ["origin", agenda.store.identity.origin], ["verifier key", verifier],
                    ["admin invite", "\(invite.code)  (works once, until \(invite.expires))"],
                ])
                Output.line("Next: ambit serve --data \(server.data), then ambit clone URL --invite CODE on a laptop.")
            }
        }

        /// A new agenda, or one whose making was cut off before its first event.
        private func unfounded(_ folder: DataFolder, origin: String) throws -> DataFolder.Agenda {
            do {
                return try folder.create(AgendaName(unchecked: name), key: .generate(origin: origin))
            } catch let error as LogError where error.code == .alreadyExists {
                let existing = try folder.open(named: name)
                guard try existing.store.head().size == .zero, existing.store.identity.origin == origin else {
                    throw error
                }
                return existing
            }
        }

        private struct Answer: Encodable {
            var agenda: String
            var origin: String
            var verifierKey: String
            var invite: String
            var expires: String
        }
    }
}
