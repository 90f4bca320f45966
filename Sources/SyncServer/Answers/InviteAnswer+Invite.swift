internal import AgendaModel
package import EventLog
package import SyncProtocol

extension InviteAnswer {
    /// An invite as its maker is told of it.
    package init(_ made: NewInvite) {
        let invite = made.invite
        self.init(
            code: made.code,
            role: invite.role.rawValue,
            member: invite.member?.rawValue,
            expires: invite.expires.description
        )
    }
}

extension InviteList {
    /// The open invites as admins are shown them.
    ///
    /// Blocks.
    package init(of administration: Administration) throws {
        let invites = try administration.openInvites()
        let void = try administration.voidInvites(among: invites)
        self.init(invites: invites.map { Item($0, isVoid: void.contains($0)) })
    }
}

extension InviteList.Item {
    /// An invite as admins are shown it, without what could be redeemed.
    fileprivate init(_ invite: Invite, isVoid: Bool) {
        self.init(
            id: invite.id,
            role: invite.role.rawValue,
            member: invite.member?.rawValue,
            expires: invite.expires.description,
            device: invite.device?.rawValue,
            void: isVoid ? true : nil
        )
    }
}
