import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite

extension Agenda {
    /// Takes an agenda's log into a database, or from there into the data folder.
    struct Move: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told(
                "Move an agenda's log from the data folder into a database, or back; also while it is served."
            ),
            discussion: .told(
                """
                ambit agenda move assen --data data --to postgresql://db1,db2/ambit
                ambit agenda move assen --data data --store postgresql://db1,db2/ambit --to folder

                Everything is copied, and compared. Then servers that have the log open take nothing more: start them anew, \
                for the new place. If it is cut off, run it again. What was left stays where it was.
                """
            )
        )

        @Argument(help: .told("The agenda."), transform: AgendaName.init(argument:))
        var name: AgendaName

        @Option(help: .told("Where to: postgresql://…, or folder.", valueName: "store"))
        var to: Destination

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        /// Where a log goes.
        enum Destination: ExpressibleByArgument {
            case folder
            case database(StoreAddress)

            init?(argument: String) {
                if argument == "folder" {
                    self = .folder
                } else if let address = StoreAddress(argument: argument) {
                    self = .database(address)
                } else {
                    return nil
                }
            }
        }

        func run() async throws {
            let folder = DataFolder(at: server.data)
            let place = folder.place(of: name)
            let (source, target): (any LogPlace, any LogPlace)
            switch to {
            case .database(let address): (source, target) = (place, try address.place(of: name))
            case .folder:
                guard let address = try server.store.address() else {
                    throw Failure.usage("The database that the log is in has to be named: --store, or AMBIT_STORE.")
                }
                (source, target) = (try address.place(of: name), place)
            }
            guard let log = try source.log() else {
                throw LogError(.notFound, "there is no agenda \(name) in \(source.words) to be moved")
            }
            let key = try folder.key(of: name, for: log.identity)
            var bar = ProgressBar("copying")
            defer { bar.finish() }
            let move = LogMove(from: source, to: target, key: key, environment: .system)
            let size = try await move.run(progress: { bar.show($0, of: $1) })
            bar.finish()
            if output.json { return try Output.json(Answer(agenda: name, to: target.words, size: size)) }
            let entries = size == LogSize(1) ? "1 entry" : "\(size) entries"
            Output.line("\(name) is in \(target.words) now, with \(entries)")
            Output.line("Next: start its servers anew, for the new place.")
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            var to: String
            var size: LogSize
        }
    }
}
