package import AgendaModel
package import EventLog
package import SyncProtocol
internal import Synchronization

/// What became of the last visit to each followed log.
package final class LastVisits: Sendable {
    private let visits = Mutex<[String: WitnessHealth.Visit]>([:])

    /// Before any visit.
    package init() {}

    /// By origin.
    package var byOrigin: [String: WitnessHealth.Visit] { visits.withLock { $0 } }

    /// Takes a visit down.
    ///
    /// - Returns: whether something else is the matter than at the visit before.
    package func took(_ visit: LogVisit, of log: VerifierKey, at time: Timestamp) -> Bool {
        let new = WitnessHealth.Visit(state: visit.state, because: visit.because, time: time.description)
        return visits.withLock { visits in
            let former = visits.updateValue(new, forKey: log.name)
            return former?.state != new.state || former?.because != new.because
        }
    }
}
