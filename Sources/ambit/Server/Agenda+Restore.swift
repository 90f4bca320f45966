import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import TypedInput

extension Agenda {
    /// Puts a backup back.
    struct Restore: AsyncParsableCommand, JSONCapable {
        static let configuration = CommandConfiguration(
            abstract: .told(
                "Put a backup in the place of an agenda's log, or a copy of its key; not while it is served."
            ),
            discussion: .told(
                """
                All of the backup is checked first. What was there is kept beside it. A backup lacks what came after it: \
                the log can be read then, and ambit heal gives back what laptops have.

                Where the agenda's folder is gone, give both --from and --key.

                With --store the backup goes into the database, in the place of the log that is there. Stop its servers \
                before: those that run take nothing more until they are started anew.
                """
            )
        )

        @Argument(help: .told("The agenda."), transform: AgendaName.init(argument:))
        var name: AgendaName

        @Option(help: .told("The backup: what ambit agenda backup or serve --backup wrote.", valueName: "file"))
        var from: String?

        @Option(help: .told("A copy of the agenda's log.key.", valueName: "file"))
        var key: String?

        @OptionGroup var server: DataOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var language: NamedLanguage

        func validate() throws {
            guard from != nil || key != nil else { throw ValidationError("Give --from, --key, or both.") }
        }

        func run() async throws {
            let folder = DataFolder(at: server.data)
            let restored: DataFolder.Restored
            do {
                if let address = try server.store.address() {
                    restored = try await restore(folder, into: address)
                } else {
                    var bar = ProgressBar("checking")
                    defer { bar.finish() }
                    restored = try folder.restore(name, from: from, key: key) {
                        bar.show($0, of: $1)
                    }
                }
            } catch let difference as LogDifference {
                let file = from ?? "\(folder.folder(of: name))/log.sqlite"
                throw Failure(
                    "\(file) is not sound, and nothing was changed. The first difference is at \(difference). Take another "
                        + "backup.",
                    code: "difference",
                    exitCode: 2
                )
            }
            if output.json {
                let answer = Answer(
                    agenda: name,
                    size: restored.size,
                    replaced: restored.replaced,
                    replacedKey: restored.replacedKey
                )
                return try Output.json(answer)
            }
            Output.line(restored.size == LogSize(1) ? "\(name) has 1 entry" : "\(name) has \(restored.size) entries")
            if let replaced = restored.replaced {
                Output.line("what was there is \(replaced); remove it when all is well")
            }
            if let replaced = restored.replacedKey {
                Output.line("the key that was there is \(replaced); keep it until you know that no log needs it")
            }
            if from != nil {
                Output.line("Next: ambit serve, and ambit heal on a laptop that has what came after the backup.")
            }
        }

        private func restore(_ folder: DataFolder, into address: StoreAddress) async throws -> DataFolder.Restored {
            let database = try address.open()
            guard let from else {
                let log = try database.openLog(name)
                let replaced = try key.flatMap { try folder.restoreKey(of: name, from: $0, holding: log.identity) }
                return DataFolder.Restored(size: try log.head().size, replacedKey: replaced)
            }
            let existing = try? database.openLog(name).identity
            var checking = ProgressBar("checking")
            var copying = ProgressBar("copying")
            defer {
                checking.finish()
                copying.finish()
            }
            return try await folder.restore(name, from: from, key: key, inPlaceOf: existing) {
                checking.show($0, of: $1)
            } putting: { log, key in
                checking.finish()
                try await database.restore(name, of: address.words, from: log, key: key) { copying.show($0, of: $1) }
            }
        }

        private struct Answer: Encodable {
            var agenda: AgendaName
            var size: LogSize
            var replaced: String?
            /// Where another key that was there is now.
            var replacedKey: String?
        }
    }
}
