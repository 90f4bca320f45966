import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import SyncProtocol
import SyncServer

/// `ambit agenda`: the agendas of a data folder.
struct Agenda: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list, back up, open or close the agendas of a data folder.",
        subcommands: [Create.self, List.self, Backup.self, Open.self]
    )

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
            guard DataFolder.isAgendaName(name) else {
                throw ValidationError(
                    "An agenda's name has 1 to 63 characters of a-z, 0-9 and hyphen, and no hyphen at its ends."
                )
            }
            guard !title.isEmpty, title.utf8.count <= Self.longestTitle else {
                throw ValidationError("A title has 1 to \(Self.longestTitle) bytes.")
            }
            let end = "/agendas/\(name)"
            guard LogKey.isOrigin(usedOrigin), usedOrigin.hasSuffix(end), usedOrigin.utf8.count > end.utf8.count else {
                throw ValidationError(
                    "An origin has the form <host>\(end), without white space and plus signs; give another --origin."
                )
            }
        }

        /// In bytes.
        private static let longestTitle = 1000

        private var usedOrigin: String { origin ?? "\(ProcessInfo.processInfo.hostName)/agendas/\(name)" }

        func run() async throws {
            let agenda = try unfounded(DataFolder(at: server.data), origin: usedOrigin)
            try agenda.store.open(to: publicLog ? .publicLog : isPublic ? .public : .members)
            let sequencer = try Sequencer(store: agenda.store, key: agenda.key, environment: .system)
            let invite: InviteAnswer
            do {
                // The invite comes first: an agenda that has been founded always has a way in.
                invite = try NewInvite(role: .admin, member: nil, days: InviteCode.usualDays, in: agenda.store).answer
                let data = try JSONSerialization.data(
                    withJSONObject: ["title": title],
                    options: .withoutEscapingSlashes
                )
                let outcome = try await sequencer.record(
                    type: "agenda.founded",
                    subject: "agenda/\(name)",
                    data: String(decoding: data, as: UTF8.self)
                )
                if let refused = outcome.rejected.first { throw refused.problem }
            } catch {
                await sequencer.shutDown()
                throw error
            }
            await sequencer.shutDown()
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
                return try folder.create(name, key: .generate(origin: origin))
            } catch let error as LogError where error.code == .alreadyExists {
                let existing = try folder.open(name)
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

    /// Lists what a data folder holds.
    struct List: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: "List the agendas of a data folder.")

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let folder = DataFolder(at: server.data)
            let agendas = try folder.list().map { name in
                let store = try folder.openLog(name)
                defer { try? store.close() }
                return Answer(
                    agenda: name,
                    origin: store.identity.origin,
                    size: try store.head().size.rawValue,
                    open: try store.access().openness.rawValue
                )
            }
            if output.json {
                try Output.json(agendas)
            } else {
                Output.table(agendas.map { [$0.agenda, "\($0.size) events", $0.open, $0.origin] })
            }
        }

        private struct Answer: Encodable {
            var agenda: String
            var origin: String
            var size: Int
            var open: String
        }
    }

    /// Says who may read an agenda.
    struct Open: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Say who may read an agenda besides its members; also while it is served.",
            discussion: """
                --members: nobody. --public: anybody may read what is folded from the log, without what is personal. \
                --public-log: and the log itself, with names and notes. A running server notices within a second or two; \
                what others have kept of it stays with them.
                """
        )

        @Argument(help: "The agenda.")
        var name: String

        @Flag(help: "Who may read it.")
        var openness: Choice

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions

        enum Choice: String, EnumerableFlag {
            case members, `public`, publicLog

            var openness: Openness {
                switch self {
                case .members: .members
                case .public: .public
                case .publicLog: .publicLog
                }
            }
        }

        func run() throws {
            let store = try DataFolder(at: server.data).openLog(name)
            defer { try? store.close() }
            try store.open(to: openness.openness)
            if output.json {
                try Output.json(["agenda": name, "open": openness.openness.rawValue])
            } else {
                Output.line("\(name): \(openness.openness.rawValue)")
            }
        }
    }
}

extension Agenda {
    /// Copies an agenda's log.
    struct Backup: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: "Write an agenda's log, as of one moment, to a new file; also while the server runs.",
            discussion: """
                The file takes the place of log.sqlite in the agenda's folder when it is put back. Copying log.sqlite by \
                other means than this while the server runs gives a file that lacks the newest events, or is damaged. \
                Keep log.key apart: it does not change, and is not in the file.
                """
        )

        @Argument(help: "The agenda.")
        var name: String

        @Argument(help: "The file to make; there must be none yet.")
        var file: String

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let store = try DataFolder(at: server.data).openLog(name)
            defer { try? store.close() }
            let head = try store.backUp(to: file)
            if output.json {
                try Output.json(Answer(agenda: name, file: file, size: head.size.rawValue))
            } else {
                Output.line("\(file) has the \(head.size.rawValue) events of \(name)")
            }
        }

        private struct Answer: Encodable {
            var agenda: String
            var file: String
            var size: Int
        }
    }
}

/// A server's data folder.
struct DataOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's data folder.", valueName: "dir"))
    var data: String
}

extension DataFolder {
    /// The log of an agenda.
    func openLog(_ name: String) throws -> SQLiteLogStore {
        try open(name).store
    }
}
