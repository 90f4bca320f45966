/// A device's own count of its events: 1, 2, 3 … up to 2^53-1, strictly increasing per source.
public struct Counter: RawRepresentable, Hashable, Strideable, Codable, Sendable {
    /// 1 to 2^53-1 for an event; 0 for a device that has recorded none.
    public var rawValue: Int

    /// A counter, as `RawRepresentable` wants it; not checked.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// A counter; not checked.
    public init(_ rawValue: Int) { self.rawValue = rawValue }

    /// Less than that of any event.
    public static let zero = Counter(0)
    /// The last one that an event can have: the greatest number that JSON holds exactly (RFC 7493).
    public static let maximum = Counter(EventLimits.maximumNumber)

    /// The counter of the event that follows without a gap.
    public var next: Counter { self + 1 }

    /// The counter so many events further.
    public static func + (counter: Counter, count: Int) -> Counter { Counter(counter.rawValue + count) }
    /// The counter so many events back.
    public static func - (counter: Counter, count: Int) -> Counter { Counter(counter.rawValue - count) }
    /// How much the first counter is further than the second.
    public static func - (counter: Counter, other: Counter) -> Int { counter.rawValue - other.rawValue }
    /// Moves on by so many events.
    public static func += (counter: inout Counter, count: Int) { counter.rawValue += count }

    /// Whether both are the same count; of two devices that says nothing.
    public static func == (lhs: Counter, rhs: Counter) -> Bool { lhs.rawValue == rhs.rawValue }
    /// Whether the first was counted earlier; of two devices that says nothing.
    public static func < (lhs: Counter, rhs: Counter) -> Bool { lhs.rawValue < rhs.rawValue }

    /// How much the other counter is further.
    public func distance(to other: Counter) -> Int { other - self }
    /// The counter so many events further.
    public func advanced(by count: Int) -> Counter { self + count }
}

extension Counter: CustomStringConvertible {
    /// Decimal digits, as in the attribute `id` of an event.
    public var description: String { String(rawValue) }
}
