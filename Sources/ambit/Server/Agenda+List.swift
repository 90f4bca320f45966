import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite

extension Agenda {
    /// Lists what a data folder holds.
    struct List: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: .told("List the agendas of a data folder."))

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run() throws {
            let data = try server.open()
            var failure: (any Error)?
            let agendas = try data.list().map { name in
                do { return try answer(name, in: data) } catch {
                    // The others are shown all the same.
                    failure = failure ?? error
                    return Answer(agenda: name, error: Failure(error)?.message ?? "\(error)")
                }
            }
            if output.json {
                try Output.json(agendas)
            } else {
                Output.table(agendas.map(row))
                for agenda in agendas {
                    if let fault = agenda.clockFault {
                        Output.note("ambit: \(agenda.agenda): \(fault.explanation)")
                    }
                }
            }
            for agenda in agendas {
                if let why = agenda.why { Output.note("ambit: \(agenda.agenda): \(why)") }
            }
            if let failure { throw failure }
        }

        private func row(_ answer: Answer) -> [String] {
            guard let size = answer.size, let open = answer.open, let origin = answer.origin else {
                return [answer.agenda.rawValue, "not served", "ambit doctor says why", answer.error ?? ""]
            }
            return [answer.agenda.rawValue, size == LogSize(1) ? "1 event" : "\(size) events", open, origin]
        }

        private func answer(_ name: AgendaName, in data: ServerData) throws -> Answer {
            let agenda = try data.open(name)
            defer { try? agenda.close() }
            let (store, now) = (agenda.store, RuntimeEnvironment.system.now())
            let standing = try agenda.standing()
            let head = try store.head()
            var answer = Answer(
                agenda: name,
                origin: store.identity.origin,
                size: head.size,
                open: try store.access().openness.rawValue,
                standing: standing.word,
                why: standing.explanation(at: head.size)
            )
            let fault = ClockFault.found(at: now, after: head.recordedTime, writer: nil)
            if case .behind(_, let last)? = fault {
                answer.recordedAhead = last.description
                answer.clockFault = fault
            }
            return answer
        }

        private struct Answer: Encodable {
            enum CodingKeys: CodingKey { case agenda, error, origin, size, open, recordedAhead, standing }

            var agenda: AgendaName
            /// Why it cannot be served; then there is nothing else.
            var error: String?
            var origin: String?
            var size: LogSize?
            var open: String?
            /// When the last entry was recorded; there when that has not come yet by this machine's clock.
            var recordedAhead: String?
            /// The same, for people.
            var clockFault: ClockFault?
            /// Whether the log has all that has been shown of it; nil when nobody can tell.
            var standing: String?
            /// What that means where it has not.
            var why: String?
        }
    }
}
