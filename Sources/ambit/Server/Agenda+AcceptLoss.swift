import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import LogClient
import Projections

extension Agenda {
    /// Lets a log go on that lacks what it has shown.
    struct AcceptLoss: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told(
                "Give up for good what a log has lost, and let it take entries again; also while it is served."
            ),
            discussion: .told(
                """
                First try to get it back: ambit heal, from any laptop that has the entries. After this, whoever \
                holds them has to be enrolled anew: their copy of the log has another history. What was given up is \
                recorded in the log.
                """
            )
        )

        @Argument(help: .told("The agenda."), transform: AgendaName.init(argument:))
        var name: AgendaName

        @Flag(help: .told("Do it without asking."))
        var yes = false

        @OptionGroup var server: DataOptions
        @OptionGroup var clock: ClockOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run() async throws {
            let agenda = try server.open().open(name)
            defer { try? agenda.close() }
            let sequencer = try Sequencer(
                store: agenda.store,
                key: agenda.key,
                environment: .system,
                seen: agenda.seen,
                acceptsClock: clock.acceptClock,
                reporting: UpkeepFailure.onStandardError
            )
            let result = await Result.running { try await accept(agenda, sequencer) }
            await sequencer.shutDown()
            try result.get()
        }

        private func accept(_ agenda: ServerData.Agenda, _ sequencer: Sequencer) async throws {
            if let end = StateFile.rememberedEnd(at: agenda.statePath, of: agenda.store.identity) {
                sequencer.remember(end)
            }
            let size = sequencer.head.size
            guard let why = sequencer.standing.explanation(at: size) else {
                if output.json { return try Output.json(Answer(agenda: name, size: size, lost: 0)) }
                return Output.line("\(name): the log lacks nothing that is known here; nothing was done")
            }
            let standing = sequencer.standing
            Output.note("ambit: \(why)")
            if !yes { try confirm(standing, size) }
            _ = try await sequencer.acceptLoss()
            let end = sequencer.head.size
            // What is shown of the entries that are lost is made anew with it; where that fails now, by the next server.
            try? Replaying.showing(end) { progress in
                let state = try StateFile(at: agenda.statePath)
                defer { try? state.close() }
                try state.catchUp(with: agenda.store, progress: progress)
            }
            if output.json { return try Output.json(Answer(agenda: name, size: end, lost: standing.lost(at: size))) }
            Output.line("\(name): the log goes on with \(end) entries")
        }

        private func confirm(_ standing: LogStanding, _ size: LogSize) throws {
            guard !output.json, Terminal.isThere else {
                throw ValidationError("What the log lacks is lost for good by this. With --yes it goes on without it.")
            }
            let lost =
                standing.lost(at: size).map { $0 == 1 ? "1 entry is" : "\($0) entries are" }
                ?? "Nobody knows how many entries are"
            let question = "\(lost) lost for good by this. Type the agenda's name to do it"
            guard try Terminal.ask(question) == name.rawValue else { throw Failure.cancelled() }
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            var size: LogSize
            /// nil when nobody knows.
            var lost: Int?
        }
    }
}
