public import AgendaModel

/// What a replica is of, and who it is to the server.
///
/// Fixed when the laptop is enrolled; enrolled anew, it is another device, and may belong to another member. The address
/// can be changed.
public struct ReplicaSettings: Codable, Hashable, Sendable {
    /// The agenda's address: `https://host[:port][/prefix]/agendas/<name>`.
    public var url: String
    /// The agenda's name: the last part of the address.
    public var agenda: AgendaName
    /// The name of the log, as in its checkpoints.
    public var origin: String
    /// The log's C2SP verifier key, pinned when the replica was made.
    public var verifierKey: String
    /// This laptop.
    public var device: DeviceID
    /// The member that it belongs to.
    public var member: MemberID
    /// The member's role when the laptop was enrolled.
    public var role: String

    /// Settings, as an enrolment gives them or the folder has them.
    public init(
        url: String,
        agenda: AgendaName,
        origin: String,
        verifierKey: String,
        device: DeviceID,
        member: MemberID,
        role: String
    ) {
        self.url = url
        self.agenda = agenda
        self.origin = origin
        self.verifierKey = verifierKey
        self.device = device
        self.member = member
        self.role = role
    }
}
