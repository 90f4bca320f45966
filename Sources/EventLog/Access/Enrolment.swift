package import AgendaModel

/// A request to become a device of the agenda.
package struct Enrolment: Sendable {
    package enum Right: Sendable {
        /// The invite's code, as it was shown; the person's name, which is personal data.
        case invite(String, memberName: String)
        /// The device that goes on as another one.
        case continuing(DeviceID)
    }

    package var right: Right
    /// What the laptop is called.
    package var deviceName: String
    /// Ed25519 public key, 32 bytes.
    package var key: [UInt8]?
    /// Signed by the private half of the key: that it is this device which asks; see `Enrolment.proofMessage`.
    package var proof: [UInt8]?
    /// How much of the log the laptop has verified; nil when it keeps none.
    package var verified: LogSize?
    /// The verifier key of the log that the laptop goes on with; nil when it has none yet.
    package var log: String?
    /// What the device is to do without.
    package var limits = AccessLimits()

    package init(invite: String, memberName: String, deviceName: String, key: [UInt8]?) {
        self.init(.invite(invite, memberName: memberName), deviceName: deviceName, key: key)
    }

    package init(
        _ right: Right,
        deviceName: String,
        key: [UInt8]?,
        proof: [UInt8]? = nil,
        verified: LogSize? = nil,
        log: String? = nil
    ) {
        self.proof = proof
        self.right = right
        self.deviceName = deviceName
        self.key = key
        self.verified = verified
        self.log = log
    }
}

extension Enrolment {
    /// What a device signs to show that an invite was redeemed by it, and not by somebody else who has seen its public key.
    ///
    /// Source: Protocol/Sync.md, "Enrolment".
    package static func proofMessage(invite: String) -> [UInt8] {
        Array("ambit-enrolment/v1\n\(InviteCode.hash(invite))\n".utf8)
    }

    /// What a device signs to show that it is the one which asked to go on from another device.
    ///
    /// Somebody else may have that one's token, and have seen the public key in the log.
    ///
    /// Source: Protocol/Sync.md, "Enrolment".
    package static func proofMessage(continuing device: DeviceID) -> [UInt8] {
        Array("ambit-continuation/v1\n\(device.rawValue)\n".utf8)
    }
}

/// What a new device needs to know.
package struct Enrolled: Sendable {
    package var device: DeviceID
    /// The bearer token: shown once, only its hash is kept.
    package var token: String
    package var member: MemberID
    package var role: Role
    package var head: LogHead

    package init(device: DeviceID, token: String, member: MemberID, role: Role, head: LogHead) {
        self.device = device
        self.token = token
        self.member = member
        self.role = role
        self.head = head
    }
}

/// Why an enrolment, or a change of tokens, was refused; nothing was stored.
package struct EnrolmentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sort of fault, for programs to act on.
    package enum Code: Hashable, Sendable {
        case unknownInvite, usedInvite, expiredInvite
        /// The device that made the invite is no admin's any more.
        case voidInvite
        /// The device, its token or its member has lost its access.
        case revoked
        /// The member has as many devices as one may have.
        case tooManyDevices
        /// A name or the key cannot be used.
        case invalid
        /// The laptop goes on with another log than this one.
        case otherLog
        /// The laptop has verified more than the log has, which is of this size.
        case aheadOfLog(LogSize)
    }

    package var code: Code
    /// What is wrong, and what to do next.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
