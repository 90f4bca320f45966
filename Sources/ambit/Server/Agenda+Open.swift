import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite

extension Agenda {
    /// Says who may read an agenda.
    struct Open: ParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told("Say who may read an agenda besides its members; also while it is served."),
            discussion: .told(
                """
                --members: nobody. --public: anybody may read what is folded from the log, without what is personal. \
                --public-log: and the log itself, with names and notes. A running server notices within a second or two; \
                what others have kept of it stays with them.
                """
            )
        )

        @Argument(help: .told("The agenda."), transform: AgendaName.init(argument:))
        var name: AgendaName

        @Flag(help: .told("Who may read it."))
        var openness: Choice

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

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
            let agenda = try server.open().open(name)
            defer { try? agenda.close() }
            try agenda.store.open(to: openness.openness)
            if output.json {
                try Output.json(["agenda": name.rawValue, "open": openness.openness.rawValue])
            } else {
                Output.line("\(name): \(openness.openness.rawValue)")
            }
        }
    }
}
