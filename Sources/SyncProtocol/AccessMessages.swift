/// The answer (201) to `POST /agendas/<name>/token`.
///
/// The token is not shown again.
public struct TokenAnswer: Codable, Hashable, Sendable {
    /// The device's new bearer token: a secret.
    public var token: String

    /// Makes an answer.
    public init(token: String) { self.token = token }
}

/// The answer to `GET /agendas/<name>/invites`: those that can still be used, the one that expires first at the front.
public struct InviteList: Codable, Hashable, Sendable {
    /// The invites that can still be used.
    public var invites: [Item]

    /// One invite, without its code.
    public struct Item: Codable, Hashable, Sendable {
        /// What it is called here; opens nothing.
        public var id: String
        /// What the invited person may do.
        public var role: String
        /// `member/<id>` when the invite is for another device of an existing member.
        public var member: String?
        /// When the invite stops working, RFC 3339 UTC.
        public var expires: String

        /// Makes an item.
        public init(id: String, role: String, member: String?, expires: String) {
            self.id = id
            self.role = role
            self.member = member
            self.expires = expires
        }
    }

    /// Makes a list.
    public init(invites: [Item]) { self.invites = invites }
}
