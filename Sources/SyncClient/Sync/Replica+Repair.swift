internal import AgendaModel
package import EventLog
public import LogClient
internal import SyncProtocol

extension Replica {
    /// Gives a server that was put back from an old backup the entries that it has lost, and syncs.
    ///
    /// The member must be an admin. The server's log must be the beginning of this replica's. Cut off at any point,
    /// it goes on there when it is begun again.
    ///
    /// - Parameters:
    ///   - transport: what carries requests; nil = HTTP.
    ///   - options: what is done about difficulties.
    ///   - report: called with how far it is.
    /// - Returns: what was given back; nothing when the server lacked nothing.
    /// - Throws: `ReplicaError`: `forked` when the server has other entries in their place.
    public func repairServer(
        over transport: (any Transport)? = nil,
        options: SyncOptions = SyncOptions(),
        report: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> RepairSummary {
        let repaired: (given: Int, size: LogSize)
        do {
            repaired = try await overTransport(transport) { transport in
                let lock = try await syncLock(options)
                defer { withExtendedLifetime(lock) {} }
                let requests = SyncRequests(token: try files.readToken())
                let server = ServerUnderRepair(transport: transport, requests: requests, environment: environment)
                return try await engine(for: server, options: options, report: report).run()
            }
        } catch {
            throw ReplicaError(wrapping: error, doing: "giving back entries")
        }
        var summary = RepairSummary(given: repaired.given, size: repaired.size)
        do {
            for try await progress in sync(over: transport, options: options) {
                report(progress)
                if case .finished(let result) = progress { summary.sync = result }
            }
        } catch let error as ReplicaError where error.problem == ProblemType.readOnly.rawValue {
            // The server is still being put back; what is pending waits.
        }
        summary.size = max(summary.size, summary.sync?.size ?? .zero)
        return summary
    }

    /// Gives a log of this machine back what it has lost.
    ///
    /// - Parameters:
    ///   - sequencer: the log's writer.
    ///   - verifier: the log's key.
    ///   - report: called with how far it is.
    /// - Returns: what was given back.
    /// - Throws: `ReplicaError`.
    package func repair(
        _ sequencer: Sequencer,
        verifier: VerifierKey,
        report: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> RepairSummary {
        do {
            let folder = FolderUnderRepair(sequencer: sequencer, verifier: verifier)
            let repaired = try await engine(for: folder, options: .noRetries, report: report).run()
            return RepairSummary(given: repaired.given, size: repaired.size)
        } catch {
            throw ReplicaError(wrapping: error, doing: "giving back entries")
        }
    }

    private func engine(
        for target: any RepairTarget,
        options: SyncOptions,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) -> RepairEngine {
        RepairEngine(log: log, target: target, environment: environment, options: options, report: report)
    }
}
