/// A moment in UTC with millisecond precision, written as RFC 3339 with exactly three decimals:
/// `2026-11-12T10:11:12.123Z`. Years 0000 to 9999.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var millisecondsSince1970: Int

    public init(millisecondsSince1970: Int) { self.millisecondsSince1970 = millisecondsSince1970 }

    /// Reads the 24 bytes of the fixed form; nil for anything else, days that do not exist included.
    public init?(_ text: UnsafeBufferPointer<UInt8>) { fatalError("skeleton") }
    public init?(_ text: String) { fatalError("skeleton") }

    public var description: String { fatalError("skeleton") }

    public static func < (lhs: Timestamp, rhs: Timestamp) -> Bool {
        lhs.millisecondsSince1970 < rhs.millisecondsSince1970
    }
}
