/// A member of an agenda: `member/<id>`, the id being 1 to 64 of a-z, 0-9 and `-`, the first no hyphen.
///
/// It is the subject of the events about the member.
public struct MemberID: SubjectID {
    /// `member/<id>`, as it stands in events.
    public let rawValue: String

    /// Takes a text that has been checked.
    public init(unchecked text: String) { rawValue = text }

    /// What stands before the id.
    public static let prefix = "member/"

    /// Whether a text is `member/<id>`.
    public static func isValid(_ text: String) -> Bool {
        guard text.hasPrefix(prefix) else { return false }
        let id = text.utf8.dropFirst(prefix.utf8.count)
        return (1...64).contains(id.count) && id.first != UInt8(ascii: "-")
            && id.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "-") }
    }
}
