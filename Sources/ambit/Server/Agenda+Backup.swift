import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Files
import Projections

extension Agenda {
    /// Copies an agenda's log.
    struct Backup: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Write an agenda's log, as of one moment, to a new file; also while the server runs."),
            discussion: .told(
                """
                The file takes the place of log.sqlite in the agenda's folder when it is put back. Copying log.sqlite by \
                other means than this while the server runs gives a file that lacks the newest events, or is damaged. \
                Keep log.key apart: it does not change, and is not in the file. \
                A log in a database (--store) is copied into such a file too, and checked.
                """
            )
        )

        @Argument(help: .told("The agenda."), transform: AgendaName.init(argument:))
        var name: AgendaName

        @Argument(help: .told("The file to make; there must be none yet."))
        var file: String

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func run() async throws {
            // What is there is refused in any case.
            if !FileEntry(file).exists { try ExportFile.check(file) }
            let agenda = try server.open().open(name)
            defer { try? agenda.close() }
            // A log that lacks something can be backed up all the same; whoever does it should know.
            let standing = try? agenda.standing()
            let head = try await backUp(agenda)
            if output.json {
                try Output.json(Answer(agenda: name, file: file, size: head.size, standing: standing?.word))
            } else {
                let events = head.size == LogSize(1) ? "1 event" : "\(head.size) events"
                Output.line("\(file) has the \(events) of \(name)")
            }
            if let why = standing?.explanation(at: head.size) { Output.note("ambit: \(name): \(why)") }
        }

        /// A file is copied as it is; what is made of another store's answers is checked.
        private func backUp(_ agenda: ServerData.Agenda) async throws -> LogHead {
            if let store = agenda.store as? SQLiteLogStore { return try store.backUp(to: file) }
            do {
                return try await SQLiteLogStore.backUp(agenda.store, to: file, key: agenda.key, environment: .system)
            } catch let difference as LogDifference {
                throw Failure(
                    "the log of \(name) is not sound, and no backup was made. The first difference is at \(difference). "
                        + "ambit doctor looks at all of it; put back a backup that was made before.",
                    code: "difference",
                    exitCode: 2
                )
            }
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            var file: String
            var size: LogSize
            /// Whether the log has all that has been shown of it; nil when nobody can tell.
            var standing: String?
        }
    }
}
