import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import SyncClient
import SyncProtocol

/// Which log to read: a replica's, or one on a server's disk.
struct LogSource: ParsableArguments {
    @Option(name: .customShort("C"), help: ArgumentHelp("Work in this replica folder.", valueName: "dir"))
    var folder: String = "."

    @Option(help: ArgumentHelp("Use a server's data folder instead.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("With --data: which agenda.", valueName: "name"))
    var agenda: String?

    func validate() throws {
        guard (data == nil) == (agenda == nil) else { throw ValidationError("--data and --agenda go together.") }
    }

    /// Where the log's files are.
    var ownFolders: [String] {
        if let data, let agenda { ["\(data)/agendas/\(agenda)"] } else { [folder] }
    }

    /// The log, for reading.
    func open() throws -> any LogReader {
        if let data, let agenda {
            return try DataFolder(at: data).openLog(agenda)
        }
        let path = URL(fileURLWithPath: folder).appendingPathComponent("log.sqlite").path
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                "\(folder) is not a replica folder. Go to one, name one with -C, or make one with ambit clone.",
                code: "not-a-replica"
            )
        }
        return try SQLiteLogStore(at: path)
    }

    /// The whole name of a subject that may be given without its kind.
    ///
    /// One that is given with its kind is taken as it is.
    func resolve(_ subject: String, in log: any LogReader) throws -> String {
        guard !subject.contains("/") else { return subject }
        guard data != nil, let store = log as? any LogStore else {
            return try ReplicaOptions.parse(["-C=\(folder)"]).open().resolve(subject)
        }
        let candidates = Catalogue.current.kinds.map { "\($0.name)/\(subject)" }
        let found = try candidates.filter { try store.position(ofSubject: $0) != nil }
        guard let first = found.first else {
            throw Failure("There is no subject \(subject) in this log.", code: "unknown-subject")
        }
        guard found.count == 1 else {
            throw Failure(
                "Several subjects are called so: \(found.joined(separator: ", ")). Give it with its kind.",
                code: "ambiguous-subject"
            )
        }
        return first
    }
}

extension StateReference {
    /// Reads what a person wrote: `4107`, `2026-03-01` (the whole of that day, UTC), `2026-03-01T12:00:00Z`.
    init(argument: String) throws {
        guard let reference = StateReference(argument) else {
            throw Failure(
                "\"\(argument)\" is neither a size, a day such as 2026-03-01, nor a moment such as 2026-03-01T12:00:00Z.",
                code: "invalid-range"
            )
        }
        self = reference
    }

    /// The size at which a stretch of a log begins: a size itself, or how much had been recorded before a day or a moment.
    static func start(argument: String, in log: any LogReader) throws -> LogSize {
        guard case .moment(var moment) = try StateReference(argument: argument) else {
            return try StateReference(argument: argument).size(in: log)
        }
        try warn(of: log)
        if argument.utf8.count == 10, let day = Timestamp(argument + "T00:00:00.000Z") { moment = day }
        return try log.size(at: Timestamp(millisecondsSince1970: moment.millisecondsSince1970 - 1))
    }

    /// Says from where on times say nothing about a log, because its server's clock was far ahead once.
    private static func warn(of log: any LogReader) throws {
        guard let first = try log.firstEntry(farAheadOf: RuntimeEnvironment.system.now()) else { return }
        Output.note(
            "ambit: from entry \(first) on the log has times from the future: no day or moment finds those entries; give a size "
                + "instead, which ambit log shows as the entry's number plus one"
        )
    }

    /// The size that it stands for in a log.
    func size(in log: any LogReader) throws -> LogSize {
        let head = try log.head().size
        switch self {
        case .moment(let moment):
            try Self.warn(of: log)
            return try log.size(at: moment)
        case .size(let size) where size > head:
            throw Failure("The log has \(head) entries, not \(size).", code: "invalid-range")
        case .size(let size): return size
        }
    }
}
