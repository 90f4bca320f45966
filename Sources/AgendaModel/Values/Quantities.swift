/// The index of an entry in its agenda's log: 0, 1, 2 … without gaps.
public struct Position: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself.
    public var rawValue: Int

    /// Wraps a number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Wraps a number.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// Compares the numbers.
    public static func < (lhs: Position, rhs: Position) -> Bool { lhs.rawValue < rhs.rawValue }

    /// Greater than the position of any entry: where events that have not been synced yet are laid over the state.
    public static let afterEverything = Position(Int.max)
}

/// A number of entries from the start of a log.
///
/// Entry `p` is in a log of size `n` when `p < n`.
public struct LogSize: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself.
    public var rawValue: Int

    /// Wraps a number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Wraps a number.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// Compares the numbers.
    public static func < (lhs: LogSize, rhs: LogSize) -> Bool { lhs.rawValue < rhs.rawValue }

    /// An empty log.
    public static let zero = LogSize(0)

    /// The position that the next entry will get.
    public var next: Position { Position(rawValue) }
}

/// A device's own count of its events: 1, 2, 3 … up to 2^53-1, strictly increasing per source.
public struct Counter: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself.
    public var rawValue: Int

    /// Wraps a number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Wraps a number.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// Compares the numbers.
    public static func < (lhs: Counter, rhs: Counter) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A number of bytes.
public struct ByteCount: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself.
    public var rawValue: Int

    /// Wraps a number.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Wraps a number.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// Compares the numbers.
    public static func < (lhs: ByteCount, rhs: ByteCount) -> Bool { lhs.rawValue < rhs.rawValue }
}
