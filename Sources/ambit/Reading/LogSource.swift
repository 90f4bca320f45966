import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
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

    /// The size that it stands for in a log.
    func size(in log: any LogReader) throws -> LogSize {
        let head = try log.head().size
        switch self {
        case .moment(let moment): return try log.size(at: moment)
        case .size(let size) where size > head:
            throw Failure("The log has \(head.rawValue) entries, not \(size.rawValue).", code: "invalid-range")
        case .size(let size): return size
        }
    }
}
