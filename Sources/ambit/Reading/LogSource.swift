import AgendaModel
import ArgumentParser
import EventLog
import EventLogSQLite
import Foundation
import Projections
import SyncClient
import SyncProtocol

/// Which log to read: a replica's, or one on a server's disk.
struct LogSource: ParsableArguments {
    @Option(name: .customShort("C"), help: .told("Work in this replica folder.", valueName: "dir"))
    var named: String?

    @Option(help: .told("Use a server's data folder instead.", valueName: "dir"))
    var data: String?

    @Option(
        help: .told("With --data: which agenda.", valueName: "name"),
        transform: AgendaName.init(argument:)
    )
    var agenda: AgendaName?

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard (data == nil) == (agenda == nil) else { throw ValidationError("--data and --agenda go together.") }
    }

    /// The replica's: the named one; else see `UsualReplica`.
    ///
    /// - Throws: as `UsualReplica.folder`.
    var folder: String { get throws { try named ?? UsualReplica.folder } }

    /// Where the log's files are.
    ///
    /// - Throws: as `folder`.
    var ownFolders: [String] {
        get throws { if let data, let agenda { ["\(data)/agendas/\(agenda)"] } else { [try folder] } }
    }

    /// Where the read models of the log are, if there are any.
    ///
    /// - Throws: as `folder`.
    var stateFile: String { get throws { try "\(ownFolders[0])/state.sqlite" } }

    /// The log, for reading.
    func open() throws -> any LogReader {
        if let data, let agenda {
            return try ServerData(folder: data, store: store.address()).open(agenda).store
        }
        let folder = try folder
        let path = URL(fileURLWithPath: folder).appendingPathComponent("log.sqlite").path
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                "\(folder) is not a replica folder. Go to one, name one with -C, or make one with ambit clone.",
                code: "not-a-replica"
            )
        }
        return try SQLiteLogStore(at: path)
    }

    /// Reads a replica's read models, which tell sooner what the log tells as well.
    ///
    /// - Returns: what the body returns; nil where they cannot be read, as for a log on a server's disk.
    func readModels<Value>(_ body: (StateView, any LogStore) throws -> Value?) -> Value? {
        guard data == nil, let replica = try? ReplicaOptions.parse(["-C=\(folder)"]).open() else { return nil }
        defer { replica.close() }
        return try? replica.readVerified(body)
    }

    /// Signs what the replica's device recorded and has not signed.
    ///
    /// - Parameter author: for whose sake.
    /// - Returns: the signatures that are not in the log yet; none where the log is a server's, or nothing can be written.
    func sign(for author: EventSource) -> [[UInt8]] {
        guard data == nil, let replica = try? ReplicaOptions.parse(["-C=\(folder)"]).open() else { return [] }
        defer { replica.close() }
        return (try? replica.signHere(for: author)) ?? []
    }

    /// The whole name of a subject that may be given without its kind; in a replica also by its title.
    ///
    /// - Throws: `Failure` or `ReplicaError` with `unknown-subject` or `ambiguous-subject`: what is not there is no question
    ///   with an empty answer.
    func resolve(_ subject: String, in log: any LogReader) throws -> String {
        guard data != nil, let store = log as? any LogStore else {
            return try ReplicaOptions.parse(["-C=\(folder)"]).open().subject(meaning: subject)
        }
        let id = subject.split(separator: "/").last.map(String.init) ?? subject
        let found = try store.subjects(withID: id).filter { !subject.contains("/") || $0 == subject }
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
