/// What a member may do.
///
/// Editors may do what recorders may, admins what editors may; auditors read everything.
public enum Role: String, CaseIterable, Hashable, Comparable, Sendable {
    case auditor, recorder, editor, admin

    private var rank: Int {
        switch self {
        case .auditor: 0
        case .recorder: 1
        case .editor: 2
        case .admin: 3
        }
    }

    /// Whether the first may do less than the second.
    public static func < (first: Role, second: Role) -> Bool { first.rank < second.rank }
}

/// Who may write an event of a type.
///
/// It is a member with some role at least, the server itself, or the device that the event is about.
public struct Writers: Hashable, Sendable {
    /// The least role that may write it; nil when no member may.
    public var role: Role?
    /// Whether the server records events of this type.
    public var server: Bool
    /// Whether a device may record it about itself, whatever its member's role; so it is with `device.signed`.
    public var subjectItself: Bool

    /// Names who may write.
    public init(role: Role?, server: Bool = false, subjectItself: Bool = false) {
        self.role = role
        self.server = server
        self.subjectItself = subjectItself
    }

    /// Whether a member with this role may write it.
    public func allows(_ role: Role) -> Bool {
        guard let least = self.role else { return false }
        return role >= least
    }
}
