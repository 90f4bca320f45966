internal import AgendaModel

/// What an event of the kinds `member` and `device` says about access, and about what devices have signed.
///
/// Such events are rare, so their data is read as values.
enum AccessEvent: Sendable {
    case joined(role: Role)
    case granted(role: Role, isActive: Bool?)
    case left
    case enrolled(Access.Device)
    case revoked
    case signed(DeviceSignature)

    /// nil for every other type, and for a signature that cannot be read.
    ///
    /// The data must be a patch that is valid for the type.
    init?(type: String, data: UnsafeBufferPointer<UInt8>) {
        if type == DeviceSignature.type {
            guard let signature = DeviceSignature(data: data) else { return nil }
            self = .signed(signature)
            return
        }
        guard type.hasPrefix("member.") || type.hasPrefix("device."),
            let fields = try? JSONValue(parsing: data)
        else { return nil }
        let role = fields["role"]?.text.flatMap(Role.init(rawValue:))
        switch (type, role, fields["member"]?.text) {
        case ("member.joined", let role?, _): self = .joined(role: role)
        case ("member.granted", let role?, _): self = .granted(role: role, isActive: fields["active"]?.bool)
        case ("member.left", _, _): self = .left
        case ("device.enrolled", _, let member?):
            self = .enrolled(
                Access.Device(
                    member: MemberID(unchecked: member),
                    isRevoked: false,
                    key: fields["key"]?.text.flatMap { Base64.decode($0) },
                    continues: fields["continues"]?.text.map { DeviceID(unchecked: $0) },
                    limits: AccessLimits(fields)
                )
            )
        case ("device.revoked", _, _): self = .revoked
        default: return nil
        }
    }

    /// Whether it concerns a device's access, and so perhaps that of others that continue it.
    var isAboutDevice: Bool {
        switch self {
        case .enrolled, .revoked: true
        case .joined, .granted, .left, .signed: false
        }
    }

    /// Whether it says who may do what, and not just what somebody has signed.
    var isAboutAccess: Bool { if case .signed = self { false } else { true } }

    /// What it sets of a member.
    var rights: MemberRights {
        switch self {
        case .joined: [.role, .active]
        case .granted(_, let isActive): isActive == nil ? .role : [.role, .active]
        case .left: .active
        case .enrolled, .revoked, .signed: []
        }
    }

    /// What it changes once the event about this subject is committed.
    ///
    /// Where the entry by which a member joined has been erased, the member is not known. Documents have no role then,
    /// and whoever has not left takes part.
    ///
    /// The subject is of the kind that the event's type says.
    func change(of subject: String, in access: Access) -> AccessChange? {
        let (member, device) = (MemberID(unchecked: subject), DeviceID(unchecked: subject))
        switch self {
        case .joined(let role):
            return .member(member, role: role, isActive: true)
        case .granted(let role, let isActive):
            let wasActive = access.members[member]?.isActive ?? true
            return .member(member, role: role, isActive: isActive ?? wasActive)
        case .left:
            return .member(member, role: access.members[member]?.role ?? .auditor, isActive: false)
        case .enrolled(let made):
            return .device(device, made)
        case .revoked:
            guard var known = access.devices[device] else { return nil }
            known.isRevoked = true
            return .device(device, known)
        case .signed(let signature):
            guard var known = access.devices[device] else { return nil }
            known.signedThrough = signature.through
            return .device(device, known)
        }
    }
}
