import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import Projections
import SyncProtocol
import SyncServer
import TypedInput
import Wording

extension Agenda {
    /// Makes a new agenda.
    struct Create: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Make a new agenda; prints an invite for its first admin."),
            discussion:
                .told(
                    "ambit agenda create assen --title \"Asser Ambitie Agenda\" --data data --origin agenda.example/agendas/assen"
                )
        )

        @Argument(
            help: .told("The name: 1 to 63 characters of a-z, 0-9 and hyphen."),
            transform: AgendaName.init(argument:)
        )
        var name: AgendaName

        @Option(help: .told("The title that people read."))
        var title: String

        @Option(
            help: .told(
                "What the log is called in its checkpoints, for ever: <host>/agendas/<name>. By default with this machine's name.",
                valueName: "origin"
            )
        )
        var origin: String?

        @Flag(
            name: .customLong("public"),
            help: .told("Anybody may read what is folded from the log, without what is personal.")
        )
        var isPublic = false

        @Flag(help: .told("With --public: anybody may read the log too, with names and notes."))
        var publicLog = false

        @Flag(
            help: .told("Begin the log though this machine's clock can hardly be right by what the data folder says.")
        )
        var acceptClock = false

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func validate() throws {
            guard isPublic || !publicLog else { throw ValidationError("--public-log goes with --public.") }
            // Before anything is made: what is refused must not leave half an agenda.
            guard !title.isEmpty, title.utf8.count <= Self.maximumTitleLength else {
                throw ValidationError("A title has 1 to \(Self.maximumTitleLength) bytes.")
            }
            do {
                _ = try TypedText.checkedValue(title)
            } catch {
                throw ValidationError(error.message[Language.spoken])
            }
            if let origin { try check(origin) }
        }

        private func check(_ origin: String) throws {
            let end = "/agendas/\(name)"
            guard LogKey.isOrigin(origin), origin.hasSuffix(end), origin.utf8.count > end.utf8.count else {
                throw ValidationError(
                    "An origin has the form <host>\(end), without white space and plus signs; give another --origin."
                )
            }
        }

        /// In bytes.
        private static let maximumTitleLength = 1000

        /// A person is asked rather than given a name for ever that they did not choose.
        private func chosenOrigin() throws -> String {
            let host = ProcessInfo.processInfo.hostName
            var origin = origin ?? "\(host)/agendas/\(name)"
            if self.origin == nil, !output.json, Terminal.isThere {
                let question = "The host that the log is called after for ever, wherever it moves [\(host)]"
                let chosen = try Terminal.ask(question)
                if !chosen.isEmpty { origin = "\(chosen)/agendas/\(name)" }
            }
            try check(origin)
            return origin
        }

        func run() async throws {
            let data = try server.open()
            let folder = data.folder
            try checkClock(data)
            let agenda = try unfounded(data, origin: chosenOrigin())
            try agenda.store.open(to: publicLog ? .publicLog : isPublic ? .public : .members)
            let administration = Administration(
                of: agenda.store,
                by: .keyHolder(agenda.key, agenda.seen),
                environment: .system,
                remembering: StateFile.rememberedEnd(at: agenda.statePath, of: agenda.store.identity),
                reporting: UpkeepFailure.onStandardError
            )
            // The invite comes first: an agenda that has been founded always has a way in.
            let invite = InviteAnswer(try await administration.invite(.admin))
            try await administration.found(name.rawValue, title: TypedText.composed(title))
            let verifier = agenda.store.identity.verifierKey.description
            let begins = try agenda.store.head().recordedTime
            try agenda.close()
            let loss = InviteCode.loss(of: invite.code)
            if output.json {
                let answer = Answer(
                    agenda: name,
                    origin: agenda.store.identity.origin,
                    verifierKey: verifier,
                    invite: invite.code,
                    expires: invite.expires,
                    begins: begins?.description
                )
                try Output.json(answer, losing: loss)
            } else {
                Output.table(
                    [
                        ["agenda", name.rawValue], ["origin", agenda.store.identity.origin],
                        ["verifier key", verifier],
                        ["admin invite", "\(invite.code)  (works once, until \(invite.expires))"],
                    ],
                    losing: loss
                )
                let localizer = Localizer(.spoken)
                if let begins {
                    Output.line(localizer.message(.agendaBegins, ["time": localizer.moment(begins)]))
                }
                let key = "\(folder.folder(of: name))/log.key"
                Output.line(localizer.message(.copyLogKey, ["key": key]))
                Output.line(localizer.message(.serveNext, ["data": server.data]))
            }
        }

        /// A wrong time at the beginning cannot be taken back, and nothing is taken before it has come.
        private func checkClock(_ data: ServerData) throws {
            guard !acceptClock, let newest = data.latestMoment() else { return }
            let now = RuntimeEnvironment.system.now()
            guard ClockFault.mayBegin(at: now, after: newest) else {
                throw Failure.implausibleClock(now, after: newest, in: data.folder.path)
            }
        }

        /// A new agenda, or one whose making was cut off before its first event.
        private func unfounded(_ data: ServerData, origin: String) throws -> ServerData.Agenda {
            do {
                return try data.create(name, key: .generate(origin: origin))
            } catch let error as LogError where error.code == .alreadyExists {
                // Without a folder here it is another server's.
                guard data.folder.hasFolder(of: name) else { throw error }
                let existing = try data.open(name)
                guard try existing.store.head().size == .zero, existing.store.identity.origin == origin else {
                    throw error
                }
                return existing
            }
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            var origin: String
            var verifierKey: String
            var invite: String
            var expires: String
            /// When the first entry was recorded.
            var begins: String?
        }
    }
}
