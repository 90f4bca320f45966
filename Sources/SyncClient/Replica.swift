package import EventLog
internal import EventLogSQLite
package import Projections

/// An agenda on this laptop: its log as far as it has been verified, the state folded from it, and the outbox of what
/// has been recorded here. Recording and reading need no network.
///
/// A replica is a folder: `log.sqlite` (the log, the outbox and the settings), `state.sqlite` (can be deleted at any
/// time), `token` and `device.key` (readable by the owner only), and `sync.lock`. Any number of processes may use it
/// at the same time; one of them at a time may sync.
public final class Replica: Sendable {
    /// The folder that it lies in.
    public let folder: String
    /// What it is of, and who it is.
    public let settings: ReplicaSettings

    let environment: ReplicaEnvironment

    /// Opens the replica in a folder. One whose `clone` was interrupted after the laptop was enrolled is completed
    /// first, without the network.
    ///
    /// - Throws: `ReplicaError`: `notAReplica`, `newerVersion`, `locked`, `corrupt`, `readOnly`, `inputOutput`.
    public init(opening folder: String, environment: ReplicaEnvironment = .system) throws(ReplicaError) {
        fatalError("skeleton")
    }

    /// Closes the files. What is done with the replica afterwards fails.
    public func close() {
        fatalError("skeleton")
    }

    /// The verified log.
    package var log: any LogReader { fatalError("skeleton") }

    /// The read models, as far as they have been folded.
    package var state: StateFile { fatalError("skeleton") }
}
