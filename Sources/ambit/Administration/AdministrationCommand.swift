import ArgumentParser
import EventLog
import EventLogSQLite
import SyncClient

/// A command of an admin: on a server's data folder when one is named, else from a replica over HTTP.
protocol AdministrationCommand: AsyncParsableCommand, JSONCapable {
    associatedtype Answer: Encodable

    /// Where the agenda is.
    var place: LogSource { get }

    func run(on agenda: ServedAgenda) async throws -> Answer
    func run(on replica: Replica) async throws -> Answer

    /// Says the answer to a person.
    func show(_ answer: Answer)
}

extension AdministrationCommand {
    func run() async throws {
        let answer = try await answer()
        if output.json { try Output.json(answer) } else { show(answer) }
    }

    private func answer() async throws -> Answer {
        guard let data = place.data, let name = place.agenda else {
            let replica = try Replica(opening: place.folder)
            defer { replica.close() }
            return try await run(on: replica)
        }
        let opened = try DataFolder(at: data).open(named: name)
        defer { try? opened.store.close() }
        do {
            return try await run(on: ServedAgenda(opened))
        } catch let error as AdministrationError {
            throw Failure(error, inAgenda: name)
        }
    }
}

extension String {
    /// The whole name of a subject that a person may give without its kind.
    func asSubject(of kind: String) -> String { contains("/") ? self : "\(kind)/\(self)" }
}
