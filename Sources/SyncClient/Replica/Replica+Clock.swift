package import AgendaModel
internal import EventLogSQLite

extension Replica {
    /// By how much this laptop's clock was ahead of the server's at the last sync, in milliseconds.
    ///
    /// - Returns: nil unless that is more than a day; and when the clock has been put back since.
    /// - Throws: `ReplicaError`.
    package func clockLead() throws(ReplicaError) -> Int? {
        try performing("reading what is known of the clock") {
            let fact = try store.replicaFacts()[ReplicaFact.clockReading]
            return fact.flatMap { ClockReading(fact: $0) }?.lead(at: environment.now())
        }
    }

    /// What time it is as far as is known here: by this laptop's clock, less what that is ahead.
    ///
    /// - Throws: `ReplicaError`.
    package func likelyTime() throws(ReplicaError) -> Timestamp {
        let lead = try clockLead() ?? 0
        return Timestamp(millisecondsSince1970: environment.now().millisecondsSince1970 - lead)
    }
}
