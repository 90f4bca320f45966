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
            }
            if let failure { throw failure }
        }

        private func row(_ answer: Answer) -> [String] {
            guard let size = answer.size, let open = answer.open, let origin = answer.origin else {
                return [answer.agenda.rawValue, "not served", "ambit doctor says why", answer.error ?? ""]
            }
            return [answer.agenda.rawValue, "\(size) events", open, origin]
        }

        private func answer(_ name: AgendaName, in data: ServerData) throws -> Answer {
            let agenda = try data.open(named: name.rawValue)
            defer { try? agenda.close() }
            let store = agenda.store
            return Answer(
                agenda: name,
                origin: store.identity.origin,
                size: try store.head().size,
                open: try store.access().openness.rawValue
            )
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            /// Why it cannot be served; then there is nothing else.
            var error: String?
            var origin: String?
            var size: LogSize?
            var open: String?
        }
    }
}
