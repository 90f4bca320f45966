package import AgendaModel

extension Timestamp {
    /// Whether it is so far ahead of a clock that one of the two is wrong: more than a day.
    package func isFarAhead(of clock: Timestamp) -> Bool {
        isLater(than: clock, by: ClockFault.maximumLead)
    }
}

extension LogReader {
    /// The first entry that was recorded far ahead of a clock: from there on times say nothing about the entries; nil when there
    /// is none.
    package func firstEntry(farAheadOf clock: Timestamp) throws -> Position? {
        guard try head().recordedTime?.isFarAhead(of: clock) == true else { return nil }
        let latest = clock.millisecondsSince1970 + ClockFault.maximumLead
        return try size(at: Timestamp(millisecondsSince1970: latest)).next
    }
}
