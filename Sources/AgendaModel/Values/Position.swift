/// The index of an entry in its agenda's log: 0, 1, 2 … without gaps.
///
/// A position plus a number of entries is a position; the difference of two positions is a number of entries.
public struct Position: RawRepresentable, Hashable, Strideable, Codable, Sendable {
    /// The number itself.
    public var rawValue: Int

    /// Wraps a number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Wraps a number.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// Greater than the position of any entry: where events that have not been synced yet are laid over the state.
    public static let afterEverything = Position(Int.max)

    /// The position of the entry that follows.
    public var next: Position { self + 1 }

    /// The position so many entries further.
    public static func + (position: Position, count: Int) -> Position { Position(position.rawValue + count) }
    /// The position so many entries back.
    public static func - (position: Position, count: Int) -> Position { Position(position.rawValue - count) }
    /// How many entries the first position is further than the second.
    public static func - (position: Position, other: Position) -> Int { position.rawValue - other.rawValue }
    /// Moves on by so many entries.
    public static func += (position: inout Position, count: Int) { position.rawValue += count }

    /// Compares the numbers.
    public static func == (lhs: Position, rhs: Position) -> Bool { lhs.rawValue == rhs.rawValue }
    /// Compares the numbers.
    public static func < (lhs: Position, rhs: Position) -> Bool { lhs.rawValue < rhs.rawValue }

    /// How many entries the other position is further.
    public func distance(to other: Position) -> Int { other - self }
    /// The position so many entries further.
    public func advanced(by count: Int) -> Position { self + count }
}

extension Position: CustomStringConvertible {
    /// Decimal.
    public var description: String { String(rawValue) }
}
