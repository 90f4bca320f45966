/// A number of bytes.
public struct ByteCount: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    /// The number itself.
    public var rawValue: Int

    /// Wraps a number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Wraps a number.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// So many bytes together.
    public static func + (lhs: ByteCount, rhs: ByteCount) -> ByteCount { ByteCount(lhs.rawValue + rhs.rawValue) }
    /// Adds so many bytes.
    public static func += (lhs: inout ByteCount, rhs: ByteCount) { lhs.rawValue += rhs.rawValue }

    /// Compares the numbers.
    public static func == (lhs: ByteCount, rhs: ByteCount) -> Bool { lhs.rawValue == rhs.rawValue }
    /// Compares the numbers.
    public static func < (lhs: ByteCount, rhs: ByteCount) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension ByteCount: CustomStringConvertible {
    /// Decimal, without a unit.
    public var description: String { String(rawValue) }
}
