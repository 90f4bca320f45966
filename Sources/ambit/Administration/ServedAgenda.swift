import AgendaModel
import EventLog
import EventLogSQLite
import Projections
import SyncClient

/// An agenda in a server's data folder, while it is administered from there.
struct ServedAgenda {
    let name: String
    let store: any LogStore
    let key: LogKey

    /// - Throws: when the agenda has no such member who takes part.
    func member(_ subject: String) throws -> Access.Member {
        guard let member = try store.access().members[subject], member.isActive else {
            throw Failure("\(subject) is no active member of \(name).", code: "unknown-subject")
        }
        return member
    }

    /// Records an event of the server itself, beside a server that may be running: of two writers one is told to look
    /// again.
    func record(type: String, subject: String, data: JSONValue) async throws {
        let sequencer = try Sequencer(store: store, key: key, environment: .system)
        let outcome: Result<PushOutcome, any Error>
        do {
            outcome = .success(try await sequencer.record(type: type, subject: subject, data: data.compact))
        } catch {
            outcome = .failure(error)
        }
        await sequencer.shutDown()
        if let refused = try outcome.get().rejected.first { throw refused.problem }
    }

    /// The documents of a kind, sorted by subject.
    func documents(of kind: String) throws -> [(subject: String, document: JSONValue)] {
        let state = try TimeTravel.state(of: store, at: store.head().size)
        return try state.subjects.filter { $0.hasPrefix("\(kind)/") }.compactMap { subject in
            try state.document(of: subject).map {
                (subject, try JSONValue(parsing: String(decoding: $0, as: UTF8.self)))
            }
        }
    }
}

extension LogSource {
    /// Does something as an admin: on a server's data folder when one is named, else from the replica over HTTP.
    func administer<Value>(
        onServer: (ServedAgenda) async throws -> Value,
        onReplica: (Replica) async throws -> Value
    ) async throws -> Value {
        guard let data, let agenda else {
            let replica = try Replica(opening: folder)
            defer { replica.close() }
            return try await onReplica(replica)
        }
        let opened = try DataFolder(at: data).open(agenda)
        defer { try? opened.store.close() }
        return try await onServer(ServedAgenda(name: agenda, store: opened.store, key: opened.key))
    }
}

extension Replica {
    /// Records an event and syncs, so that it holds at once.
    ///
    /// - Throws: what recording or the sync throws, and what the server said when it refused the event.
    func recordAndSend(type: String, subject: String, data: JSONValue) async throws {
        let event = try record(type: type, subject: subject, data: data)
        let display = SyncDisplay()
        do {
            for try await progress in sync() { display.show(progress) }
        } catch {
            display.finish()
            throw error
        }
        display.finish()
        guard let refused = try refused().first(where: { $0.id == event.id }) else { return }
        let isRight = refused.problem == EventProblem.Code.notAllowed.rawValue
        throw Failure(
            "The server refused it: \(refused.detail). ambit refused has the event.",
            code: refused.problem,
            exitCode: isRight ? 77 : 1
        )
    }
}
