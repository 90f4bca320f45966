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
    /// The least role that may write it about what another member created; nil where that makes no difference.
    public var roleForOthers: Role?

    /// Names who may write.
    public init(role: Role?, server: Bool = false, subjectItself: Bool = false, roleForOthers: Role? = nil) {
        self.role = role
        self.server = server
        self.subjectItself = subjectItself
        self.roleForOthers = roleForOthers
    }

    /// Whether a member with this role may write it.
    public func allows(_ role: Role) -> Bool {
        guard let least = self.role else { return false }
        return role >= least
    }

    /// Whether a member with this role may write it about what somebody else created.
    public func allowsForOthers(_ role: Role) -> Bool { roleForOthers.map { role >= $0 } ?? true }
}
