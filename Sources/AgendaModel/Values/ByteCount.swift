/// A number of bytes: of memory, of a file or of what is sent.
public struct ByteCount: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    /// How many bytes, from 0 on; a plain integer where a count is stored or printed.
    public var rawValue: Int

    /// So many bytes, as `RawRepresentable` wants them.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// So many bytes.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// The bytes of both together.
    public static func + (lhs: ByteCount, rhs: ByteCount) -> ByteCount { ByteCount(lhs.rawValue + rhs.rawValue) }
    /// Adds the bytes of another count to this one.
    public static func += (lhs: inout ByteCount, rhs: ByteCount) { lhs.rawValue += rhs.rawValue }

    /// Whether both are as many bytes.
    public static func == (lhs: ByteCount, rhs: ByteCount) -> Bool { lhs.rawValue == rhs.rawValue }
    /// Whether the first are fewer bytes.
    public static func < (lhs: ByteCount, rhs: ByteCount) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension ByteCount: CustomStringConvertible {
    /// The number in decimal digits, without a unit.
    public var description: String { String(rawValue) }
}
