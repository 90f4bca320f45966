/// The body of `POST /agendas/<name>/devices`: redeems an invite, or, sent with a token, goes on as another device.
public struct EnrolmentRequest: Codable, Hashable, Sendable {
    /// The invite's code: a secret until it has been used; nil to go on as another device.
    public var invite: String?
    /// The person's name: personal data; nil to go on as another device.
    public var member: String?
    /// The laptop's name.
    public var device: String
    /// The device's Ed25519 public key, 32 bytes in base64; nil for devices that do not sign.
    public var key: String?

    /// Makes a request.
    public init(invite: String?, member: String?, device: String, key: String?) {
        self.invite = invite
        self.member = member
        self.device = device
        self.key = key
    }
}

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

    /// Makes an answer.
    public init(device: String, token: String, member: String, role: String, origin: String, verifierKey: String) {
        self.device = device
        self.token = token
        self.member = member
        self.role = role
        self.origin = origin
        self.verifierKey = verifierKey
    }
}

/// The body of `POST /agendas/<name>/invites`.
public struct InviteRequest: Codable, Hashable, Sendable {
    /// What the invited person may do: auditor, recorder, editor or admin.
    public var role: String
    /// `member/<id>` when the invite is for another device of an existing member; nil for a new person.
    public var member: String?
    /// How long the invite can be used, in days: 1 to 90; nil = 7.
    public var expiresInDays: Int?

    /// Makes a request.
    public init(role: String, member: String? = nil, expiresInDays: Int? = nil) {
        self.role = role
        self.member = member
        self.expiresInDays = expiresInDays
    }
}

/// The answer (201) to `POST /agendas/<name>/invites`.
///
/// The code is not shown again.
public struct InviteAnswer: Codable, Hashable, Sendable {
    /// The code to hand to the invited person: a secret.
    public var code: String
    /// What the invited person may do.
    public var role: String
    /// `member/<id>` when the invite is for another device of an existing member.
    public var member: String?
    /// When the invite stops working, RFC 3339 UTC.
    public var expires: String

    /// Makes an answer.
    public init(code: String, role: String, member: String?, expires: String) {
        self.code = code
        self.role = role
        self.member = member
        self.expires = expires
    }
}
