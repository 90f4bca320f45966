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
            abstract: "Give up for good what a log has lost, and let it take entries again; also while it is served.",
            discussion: """
                First try to get it back: ambit heal, from any laptop or mirror that has the entries. After this, whoever \
                holds them has to be enrolled anew: their copy of the log has another history. What was given up is \
                recorded in the log.
                """
        )

        @Argument(help: "The agenda.")
        var name: String

        @Flag(help: "Do it without asking.")
        var yes = false

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let agenda = try DataFolder(at: server.data).open(named: name)
            defer { try? agenda.store.close() }
            let sequencer = try Sequencer(
                store: agenda.store,
                key: agenda.key,
                environment: .system,
                seen: agenda.seen,
                reporting: UpkeepFailure.onStandardError
            )
            let result = await Result.running { try await accept(agenda, sequencer) }
            await sequencer.shutDown()
            try result.get()
        }

        private func accept(_ agenda: DataFolder.Agenda, _ sequencer: Sequencer) async throws {
            if let size = StateFile.rememberedSize(at: agenda.statePath, of: agenda.store.identity) {
                sequencer.remember(size)
            }
            let size = sequencer.head.size
            guard let why = sequencer.standing.explanation(at: size) else {
                if output.json { return try Output.json(Answer(agenda: name, size: size, lost: 0)) }
                return Output.line("\(name): the log lacks nothing that is known here; nothing was done")
            }
            let standing = sequencer.standing
            Output.note("ambit: \(why)")
            guard try yes || confirms(standing, size) else {
                throw Failure("Nothing was done.", code: "not-confirmed", exitCode: 1)
            }
            _ = try await sequencer.acceptLoss()
            let end = sequencer.head.size
            if output.json { return try Output.json(Answer(agenda: name, size: end, lost: standing.lost(at: size))) }
            Output.line("\(name): the log goes on with \(end) entries")
        }

        private func confirms(_ standing: LogStanding, _ size: LogSize) throws -> Bool {
            let lost = standing.lost(at: size).map { "\($0) entries" } ?? "Nobody knows how many entries"
            Output.note("\(lost) are lost for good by this. Type the agenda's name to do it:")
            return readLine() == name
        }

        private struct Answer: Encodable {
            var agenda: String
            var size: LogSize
            /// nil when nobody knows.
            var lost: Int?
        }
    }
}
