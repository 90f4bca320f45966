package import AgendaModel

extension Timestamp {
    /// Whether it is so far ahead of a clock that one of the two is wrong: more than a day.
    package func isFarAhead(of clock: Timestamp) -> Bool {
        millisecondsSince1970 > clock.millisecondsSince1970 + 24 * 60 * 60 * 1000
    }
}

extension LogReader {
    /// The first entry that was recorded far ahead of a clock: from there on times say nothing about the entries; nil when there
    /// is none.
    package func firstEntry(farAheadOf clock: Timestamp) throws -> Position? {
        guard try head().recordedTime?.isFarAhead(of: clock) == true else { return nil }
        let day = 24 * 60 * 60 * 1000
        return try size(at: Timestamp(millisecondsSince1970: clock.millisecondsSince1970 + day)).next
    }
}
