package import EventLog
package import LogClient

extension Replica {
    /// Mirrors the log of this replica's agenda, with its key and its token.
    ///
    /// - Throws: `ReplicaError`; see `Mirror.run`.
    package func mirror(
        to folder: String,
        witnesses: WitnessPolicy? = nil,
        over transport: (any Transport)? = nil,
        report: @escaping @Sendable (SyncProgress) -> Void = { _ in }
    ) async throws -> MirrorSummary {
        let mirror = Mirror(
            to: folder,
            key: log.identity.verifierKey,
            token: try files.readToken(),
            witnesses: witnesses,
            environment: environment,
            report: { report(SyncProgress($0)) }
        )
        do {
            return try await overTransport(transport) { try await mirror.run(over: $0) }
        } catch {
            throw ReplicaError(wrapping: error, doing: "mirroring")
        }
    }
}
