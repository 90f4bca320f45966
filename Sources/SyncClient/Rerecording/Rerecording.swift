/// What was recorded in the places of refused events.
public struct Rerecording: Hashable, Sendable {
    /// The new events, in the order of their counters.
    public var events: [Event] = []
    /// The refused events that stay, because they would be refused again.
    public var kept: [Kept] = []

    /// A new event in the place of another.
    public struct Event: Hashable, Sendable {
        /// The counter of the event that it replaces.
        public var replaced: Int
        /// Whether that one had been refused; otherwise it was pending, and would have been refused because of another.
        public var wasRefused: Bool
        /// The new event.
        public var event: RecordedEvent
    }

    /// An event that stays refused.
    public struct Kept: Hashable, Sendable {
        /// The device's counter.
        public var id: Int
        /// Why it would be refused again.
        public var error: ReplicaError
    }
}
