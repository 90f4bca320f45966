internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient
internal import SyncProtocol

extension SyncRequests {
    /// Asks to go on as another device, by the token of this one.
    func continuation(
        deviceName: String,
        key: String,
        proof: String? = nil,
        verifierKey: String? = nil,
        size: LogSize,
        at time: Timestamp
    ) throws -> TransportRequest {
        let request = EnrolmentRequest(
            invite: nil,
            member: nil,
            device: deviceName,
            key: key,
            proof: proof,
            verifierKey: verifierKey
        )
        return Self.enrolment(try ProtocolJSON.encode(request), token: token, size: size, at: time)
    }
}

extension TransportResponse {
    /// The answer to an enrolment.
    ///
    /// - Throws: `LogClientError`, or what the transport throws.
    func enrolment() async throws -> EnrolmentAnswer {
        let body = try await body(status: 201, type: ProtocolConstants.json, limit: SyncRequests.maximumProblem)
        guard let answer = try? ProtocolJSON.decode(EnrolmentAnswer.self, from: body), answer.isSound else {
            throw LogClientError.foreign("its answer to the enrolment is not in the form of this protocol")
        }
        return answer
    }
}
