/// What an import recorded.
public struct ImportSummary: Hashable, Sendable {
    /// How many events.
    public var events: Int
    /// The subjects that local names, and the subjects of events that were re-recorded, came to stand for, in order of
    /// their lines.
    public var names: [(name: String, subject: String)]
    /// Lines that are events and were not recorded.
    public var passed = Passed()

    /// How many events an import passed over, and why.
    public struct Passed: Hashable, Sendable {
        /// The log has them already, or an earlier line.
        public var known = 0
        /// They are of devices that were not asked for.
        public var otherDevices = 0
        /// The server recorded them, or a device of itself: nobody else can.
        public var unrepeatable = 0
        /// Entries whose data was erased.
        public var erased = 0
    }

    /// Whether both recorded the same.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.events == rhs.events && lhs.passed == rhs.passed && lhs.names.elementsEqual(rhs.names, by: ==)
    }

    /// Feeds all parts.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(events)
        hasher.combine(passed)
        for (name, subject) in names {
            hasher.combine(name)
            hasher.combine(subject)
        }
    }
}
