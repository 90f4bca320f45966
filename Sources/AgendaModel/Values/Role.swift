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
