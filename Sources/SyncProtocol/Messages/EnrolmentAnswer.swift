/// The answer (201) to an enrolment.
///
/// The token is not shown again.
public struct EnrolmentAnswer: Codable, Hashable, Sendable {
    /// The new device, `device/<id>`.
    public var device: String
    /// The bearer token of the device: a secret.
    public var token: String
    /// Whose device it is, `member/<id>`.
    public var member: String
    /// What the member may do.
    public var role: String
    /// The origin of the agenda's checkpoints.
    public var origin: String
    /// The C2SP vkey to pin.
    public var verifierKey: String

    /// What a server answers once the enrolment is in the log.
    public init(device: String, token: String, member: String, role: String, origin: String, verifierKey: String) {
        self.device = device
        self.token = token
        self.member = member
        self.role = role
        self.origin = origin
        self.verifierKey = verifierKey
    }
}
