/// The body of `POST /v1/agendas/<name>/devices`: redeems an invite, or, sent with a token, goes on as another device.
public struct EnrolmentRequest: Codable, Hashable, Sendable {
    /// The invite's code: a secret until it has been used; nil to go on as another device.
    public var invite: String?
    /// The person's name: personal data; nil to go on as another device.
    public var member: String?
    /// The laptop's name.
    public var device: String
    /// The device's Ed25519 public key, 32 bytes in base64; nil for devices that do not sign.
    public var key: String?
    /// The key's signature that it is this device which redeems the invite, or goes on from the other one; 64 bytes in base64.
    ///
    /// With it the same request may be sent again when its answer was lost. Source: Protocol/Sync.md, "Enrolment".
    public var proof: String?
    /// With an invite: the last day, in UTC, on which the device is to have access, `YYYY-MM-DD`; nil for ever.
    public var expires: String?
    /// With an invite: `public` for a device that is only to read what anybody may of a public agenda; nil for any other.
    public var reads: String?
    /// The verifier key of the log that the client has kept; nil for a client without a log.
    ///
    /// It is to be that of the agenda: with another one nobody is enrolled. Source: Protocol/Sync.md, "Enrolment".
    public var verifierKey: String?

    /// What a laptop sends to become a device of the agenda.
    public init(
        invite: String?,
        member: String?,
        device: String,
        key: String?,
        proof: String? = nil,
        expires: String? = nil,
        reads: String? = nil,
        verifierKey: String? = nil
    ) {
        self.proof = proof
        self.expires = expires
        self.reads = reads
        self.verifierKey = verifierKey
        self.invite = invite
        self.member = member
        self.device = device
        self.key = key
    }
}
