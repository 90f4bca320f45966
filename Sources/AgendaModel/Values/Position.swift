/// The index of an entry in its agenda's log: 0, 1, 2 … without gaps.
///
/// A position plus a number of entries is a position; the difference of two positions is a number of entries.
public struct Position: RawRepresentable, Hashable, Strideable, Codable, Sendable {
    /// From 0 on, counted from the log's first entry; as `position` has it in JSON.
    public var rawValue: Int

    /// A position, as `RawRepresentable` wants it; not checked.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// A position; not checked.
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

    /// Whether both are the same place in a log.
    public static func == (lhs: Position, rhs: Position) -> Bool { lhs.rawValue == rhs.rawValue }
    /// Whether the first is nearer to the log's beginning.
    public static func < (lhs: Position, rhs: Position) -> Bool { lhs.rawValue < rhs.rawValue }

    /// How many entries the other position is further.
    public func distance(to other: Position) -> Int { other - self }
    /// The position so many entries further.
    public func advanced(by count: Int) -> Position { self + count }
}

extension Position: CustomStringConvertible {
    /// Decimal digits, as in the subject `entry/<position>`.
    public var description: String { String(rawValue) }
}
