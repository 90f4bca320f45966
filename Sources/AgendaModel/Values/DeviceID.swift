/// A device of an agenda: `device/<id>`, the id being 6 to 12 of a-z and 0-9.
///
/// It is the subject of the events about the device, and the source of those that the device records.
public struct DeviceID: SubjectID {
    /// `device/<id>`, as it stands in events.
    public let rawValue: String

    /// Takes a text that has been checked.
    public init(unchecked text: String) { rawValue = text }

    /// What stands before the id.
    public static let prefix = "device/"

    /// What its own subjects begin with: the text without its prefix.
    public var id: Substring { rawValue.dropFirst(Self.prefix.utf8.count) }

    /// Whether a text is `device/<id>`.
    public static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.baseAddress.map { SubjectGrammar.isDevice($0, count: bytes.count) } ?? false
        }
    }
}
