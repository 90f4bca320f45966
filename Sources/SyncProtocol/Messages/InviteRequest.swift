/// The body of `POST /v1/agendas/<name>/invites`.
public struct InviteRequest: Codable, Hashable, Sendable {
    /// What the invited person may do: auditor, recorder, editor or admin.
    public var role: String
    /// `member/<id>` when the invite is for another device of an existing member; nil for a new person.
    public var member: String?
    /// How long the invite can be used, in days: 1 to 90; nil = 7.
    public var expiresInDays: Int?

    /// What an admin's device asks for.
    public init(role: String, member: String? = nil, expiresInDays: Int? = nil) {
        self.role = role
        self.member = member
        self.expiresInDays = expiresInDays
    }
}
