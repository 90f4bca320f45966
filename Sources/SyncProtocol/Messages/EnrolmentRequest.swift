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
    /// With an invite: the key's signature that it is this device which redeems it, 64 bytes in base64.
    ///
    /// With it the same request may be sent again when its answer was lost. Source: Protocol/Sync.md, "Enrolment".
    public var proof: String?

    /// Makes a request.
    public init(invite: String?, member: String?, device: String, key: String?, proof: String? = nil) {
        self.proof = proof
        self.invite = invite
        self.member = member
        self.device = device
        self.key = key
    }
}
