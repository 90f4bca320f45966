internal import AgendaModel
internal import LogClient
internal import SyncProtocol

/// A server's answer to an enrolment, with the address that gave it.
struct StoredEnrolment: Codable, Hashable {
    var url: String
    var answer: EnrolmentAnswer
    /// The device that the replica was before; nil for a clone.
    var continues: String?
    /// The seed of the new device's key, in base64; nil for a clone, which has it in its file.
    var key: String?

    func settings() throws(ReplicaError) -> ReplicaSettings {
        ReplicaSettings(
            url: url,
            agenda: try AgendaAddress(kept: url).name,
            origin: answer.origin,
            verifierKey: answer.verifierKey,
            device: DeviceID(unchecked: answer.device),
            member: MemberID(unchecked: answer.member),
            role: answer.role
        )
    }
}
