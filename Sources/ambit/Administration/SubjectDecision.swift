import AgendaModel
import EventLog
import SyncClient

/// A decision about one device or member, of which there is nothing to tell but what it was.
protocol SubjectDecision: AdministrationCommand where Answer == [String: String] {
    /// What was decided, and about whom.
    var decision: [String: String] { get }

    func decide(with administration: Administration) async throws
    func decide(with administration: ReplicaAdministration) async throws
}

extension SubjectDecision {
    func run(on agenda: ServedAgenda) async throws -> [String: String] {
        try await decide(with: agenda.administration)
        return decision
    }

    func run(on replica: Replica) async throws -> [String: String] {
        try await replica.administering { try await decide(with: $0) }
        return decision
    }
}
