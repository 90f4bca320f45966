/// The answer to `GET /v1/agendas/<name>/invites`: those that are neither used nor expired, the one that expires first at the
/// front.
public struct InviteList: Codable, Hashable, Sendable {
    /// The invites that are neither used nor expired.
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
        /// The device that made it, `device/<id>`: it can be used while that is an admin's; nil when it was made on the
        /// server itself.
        public var device: String?
        /// True when that device is no admin's any more, so that the invite lets nobody in; otherwise nil.
        public var void: Bool?

        /// What an admin may know of an invite.
        public init(
            id: String,
            role: String,
            member: String?,
            expires: String,
            device: String? = nil,
            void: Bool? = nil
        ) {
            self.id = id
            self.role = role
            self.member = member
            self.expires = expires
            self.device = device
            self.void = void
        }
    }

    /// The answer with these invites, the one that expires first at the front.
    public init(invites: [Item]) { self.invites = invites }
}
