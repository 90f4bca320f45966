/// The answer (201) to `POST /v1/agendas/<name>/invites`.
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

    /// What whoever made the invite is told, once.
    public init(code: String, role: String, member: String?, expires: String) {
        self.code = code
        self.role = role
        self.member = member
        self.expires = expires
    }
}
