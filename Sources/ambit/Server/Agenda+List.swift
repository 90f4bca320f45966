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
}
