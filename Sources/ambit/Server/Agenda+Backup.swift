import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite

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
                try Output.json(Answer(agenda: name, file: file, size: head.size))
            } else {
                Output.line("\(file) has the \(head.size) events of \(name)")
            }
        }

        private struct Answer: Encodable {
            var agenda: String
            var file: String
            var size: LogSize
        }
    }
}
