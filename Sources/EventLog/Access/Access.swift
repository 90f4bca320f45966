package import AgendaModel

/// Who may use an agenda.
///
/// Small: one item per member and per device.
package struct Access: Hashable, Sendable {
    package struct Member: Hashable, Sendable {
        package var role: Role
        package var isActive: Bool
        package init(role: Role, isActive: Bool) {
            self.role = role
            self.isActive = isActive
        }
    }
    package struct Device: Hashable, Sendable {
        /// Who uses it.
        package var member: MemberID
        package var isRevoked: Bool
        /// Ed25519 public key; nil for devices that do not sign.
        package var key: [UInt8]?
        /// The device that it goes on from; nil for one that enrolled with an invite.
        package var continues: DeviceID?
        /// The last counter that a signature of its own covers; 0 when none does.
        package var signedThrough: Counter
        package var limits: AccessLimits
        package init(
            member: MemberID,
            isRevoked: Bool,
            key: [UInt8]?,
            continues: DeviceID? = nil,
            signedThrough: Counter = .zero,
            limits: AccessLimits = AccessLimits()
        ) {
            self.member = member
            self.isRevoked = isRevoked
            self.key = key
            self.continues = continues
            self.signedThrough = signedThrough
            self.limits = limits
        }
    }
    package var members: [MemberID: Member] = [:]
    package var devices: [DeviceID: Device] = [:]
    /// Device by SHA-256 of its bearer token.
    package var tokens: [Hash: DeviceID] = [:]
    /// Who else may read.
    package var openness = Openness.members
    /// How many changes have made this: two of one agenda with the same version are equal.
    package var version = 0

    package init() {}

    /// What the commit of this change makes of the access.
    ///
    /// `inviteMade` and `inviteUsed` concern the invites alone.
    package mutating func apply(_ change: AccessChange) {
        version += 1
        switch change {
        case .member(let member, let role, let isActive):
            members[member] = Member(role: role, isActive: isActive)
        case .device(let name, let device):
            devices[name] = device
        case .token(let hash, let device):
            tokens[hash] = device
        case .tokenEnded(let hash):
            tokens[hash] = nil
        case .inviteMade, .inviteUsed:
            break
        }
    }

    /// The role that a device has through its member; nil when the device is unknown or revoked or its member has left.
    package func role(ofDevice name: DeviceID) -> Role? {
        guard let device = devices[name], !device.isRevoked, let member = members[device.member], member.isActive else {
            return nil
        }
        return member.role
    }

    /// Whether an invite may let somebody in as far as its maker goes: a device that is an admin's, or the server.
    package func vouches(for invite: Invite) -> Bool {
        invite.device.map { role(ofDevice: $0) == .admin } ?? true
    }

    /// Whether the member who uses a device is the one whose device created a subject.
    package func isCreator(_ device: DeviceID, of subject: String) -> Bool {
        guard let creator = DeviceID(creatorOf: subject), let member = devices[creator]?.member else { return false }
        return devices[device]?.member == member
    }
}

/// Who may read an agenda besides its members.
package enum Openness: String, CaseIterable, Hashable, Sendable {
    /// Nobody.
    case members
    /// Anybody may read what is folded from the log, without what is personal.
    case `public`
    /// Anybody may read the log too, with all that is in it.
    case publicLog = "public-log"
}

package enum AccessChange: Hashable, Sendable {
    case member(MemberID, role: Role, isActive: Bool)
    case device(DeviceID, Access.Device)
    case token(hash: Hash, device: DeviceID)
    case tokenEnded(hash: Hash)
    case inviteMade(Invite)
    case inviteUsed(hash: Hash, at: Timestamp)
}

package struct Invite: Hashable, Sendable {
    /// SHA-256 of the invite code.
    package var hash: Hash
    package var role: Role
    /// Set when the invite is for another device of an existing member.
    package var member: MemberID?
    package var expires: Timestamp
    package var used: Timestamp?
    /// The device that made it; nil for one that was made on the server's data folder.
    package var device: DeviceID?
    package init(
        hash: Hash,
        role: Role,
        member: MemberID?,
        expires: Timestamp,
        used: Timestamp? = nil,
        device: DeviceID? = nil
    ) {
        self.hash = hash
        self.role = role
        self.member = member
        self.expires = expires
        self.used = used
        self.device = device
    }

    /// What an admin calls it.
    package var id: String { InviteCode.id(ofHash: hash) }
}
