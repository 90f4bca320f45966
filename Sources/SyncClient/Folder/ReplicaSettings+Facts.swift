internal import AgendaModel
internal import EventLog

extension ReplicaSettings {
    /// As they are kept in the log's file.
    var facts: [String: String?] {
        [
            "url": url, "agenda": agenda.rawValue, ReplicaFact.device: device.rawValue, "member": member.rawValue,
            "role": role,
        ]
    }

    /// - Returns: nil when one is missing.
    init?(facts: [String: String], identity: LogIdentity) {
        guard let url = facts["url"], let agenda = facts["agenda"], let device = facts[ReplicaFact.device],
            let member = facts["member"], let role = facts["role"]
        else { return nil }
        self.init(
            url: url,
            agenda: AgendaName(unchecked: agenda),
            origin: identity.origin,
            verifierKey: identity.verifierKey.description,
            device: DeviceID(unchecked: device),
            member: MemberID(unchecked: member),
            role: role
        )
    }
}
