internal import AgendaModel
internal import LogClient
internal import SyncProtocol

extension Replica {
    /// Redeems an invite for something that is no laptop: nothing is kept of it here.
    ///
    /// - Throws: `ReplicaError`.
    func enrolJob(
        named name: String,
        with invite: String,
        limits: AccessLimits,
        over transport: (any Transport)?
    ) async throws -> EnrolmentAnswer {
        let settings = try settings
        let address = try AgendaAddress(kept: settings.url)
        let request = EnrolmentRequest(
            invite: invite,
            member: name,
            device: name,
            key: nil,
            expires: limits.expires,
            reads: limits.readsPublicOnly ? "public" : nil,
            verifierKey: settings.verifierKey
        )
        return try await Self.answer(to: request, at: address, transport: transport, environment: environment)
    }
}
