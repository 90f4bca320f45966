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

extension InviteList.Item {
    /// An invite as admins are shown it, without what could be redeemed.
    package init(_ invite: Invite) {
        self.init(
            id: invite.id,
            role: invite.role.rawValue,
            member: invite.member?.rawValue,
            expires: invite.expires.description,
            device: invite.device?.rawValue
        )
    }
}
