/// A name that stands for something in an agenda, as text with a grammar of its own.
///
/// In JSON, in files and in tables it is that text alone.
public protocol Identifier: RawRepresentable, Hashable, Comparable, Codable, CustomStringConvertible,
    ExpressibleByStringLiteral, Sendable
where RawValue == String, StringLiteralType == String {
    /// Whether a text is one by its grammar.
    static func isValid(_ text: String) -> Bool

    /// Takes a text that has been checked: read from an event or stored after it was.
    init(unchecked text: String)
}

extension Identifier {
    /// Checks a text; nil when it is none.
    public init?(rawValue text: String) {
        guard Self.isValid(text) else { return nil }
        self.init(unchecked: text)
    }

    /// A name in the source code.
    ///
    /// - Precondition: it is one by its grammar.
    public init(stringLiteral text: String) {
        precondition(Self.isValid(text), "\(text) has not the form of its kind of name")
        self.init(unchecked: text)
    }

    /// The text itself, as in JSON.
    public var description: String { rawValue }

    /// In the order of their texts.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
