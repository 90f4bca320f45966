/// What a server calls an agenda: 1 to 63 of a-z, 0-9 and `-`, no hyphen at either end.
///
/// It is part of paths, on the wire and on disk: so it is never a path, a hidden file or an option.
public struct AgendaName: Identifier {
    /// As it stands in paths, 1 to 63 bytes.
    public let rawValue: String

    /// Takes a text that has been checked.
    public init(unchecked text: String) { rawValue = text }

    /// In bytes, which are characters.
    public static let lengths = 1...63

    /// Whether an agenda may be called so.
    public static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        return lengths.contains(bytes.count) && bytes.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "-") }
            && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
    }
}
