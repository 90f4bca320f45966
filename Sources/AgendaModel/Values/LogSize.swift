/// A number of entries from the start of a log.
///
/// Entry `p` is in a log of size `n` when `p < n`. A size is no position: `next` and `positions` lead from one to the other.
public struct LogSize: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    /// How many entries, from 0 on; as `size` has it in JSON.
    public var rawValue: Int

    /// So many entries, as `RawRepresentable` wants them; not checked.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// So many entries; not checked.
    public init(_ rawValue: Int) { self.rawValue = rawValue }
    /// The size of the log in which the entry at this position is the last one.
    public init(through position: Position) { self.init(position.rawValue + 1) }
    /// The size that the log had when the entry at this position was the next one.
    public init(before position: Position) { self.init(position.rawValue) }

    /// The size of a log without entries.
    public static let zero = LogSize(0)

    /// The position that the next entry will get.
    public var next: Position { Position(rawValue) }
    /// The positions of all its entries.
    public var positions: Range<Position> { LogSize.zero.positions(upTo: self) }

    /// The positions of the entries by which a log grows from this size to a larger one.
    public func positions(upTo size: LogSize) -> Range<Position> { next..<size.next }

    /// Whether a log of this size has an entry at this position.
    public func contains(_ position: Position) -> Bool { position < next }

    /// The size with so many entries more.
    public static func + (size: LogSize, count: Int) -> LogSize { LogSize(size.rawValue + count) }
    /// The size with so many entries fewer.
    public static func - (size: LogSize, count: Int) -> LogSize { LogSize(size.rawValue - count) }
    /// How many entries the first size has more than the second.
    public static func - (size: LogSize, other: LogSize) -> Int { size.rawValue - other.rawValue }
    /// Lets the size grow by so many entries.
    public static func += (size: inout LogSize, count: Int) { size.rawValue += count }

    /// Whether both are as many entries.
    public static func == (lhs: LogSize, rhs: LogSize) -> Bool { lhs.rawValue == rhs.rawValue }
    /// Whether the first are fewer entries.
    public static func < (lhs: LogSize, rhs: LogSize) -> Bool { lhs.rawValue < rhs.rawValue }
}

extension LogSize: CustomStringConvertible {
    /// Decimal digits, as in a checkpoint.
    public var description: String { String(rawValue) }
}
