import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite

extension Agenda {
    /// Lists what a data folder holds.
    struct List: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(abstract: "List the agendas of a data folder.")

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let folder = DataFolder(at: server.data)
            let agendas = try folder.list().map { name in
                let store = try folder.open(name).store
                defer { try? store.close() }
                return Answer(
                    agenda: name,
                    origin: store.identity.origin,
                    size: try store.head().size,
                    open: try store.access().openness.rawValue
                )
            }
            if output.json {
                try Output.json(agendas)
            } else {
                Output.table(agendas.map { [$0.agenda.rawValue, "\($0.size) events", $0.open, $0.origin] })
            }
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            var origin: String
            var size: LogSize
            var open: String
        }
    }
}
