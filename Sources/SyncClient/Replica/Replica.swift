public import AgendaModel
public import EventLog
internal import EventLogSQLite
package import Projections

/// An agenda on this laptop.
///
/// It has the log as far as it has been verified, the state folded from it, and the outbox of what has been recorded here.
/// Recording and reading need no network.
///
/// ```swift
/// let replica = try Replica(opening: folder)
/// defer { replica.close() }
/// ```
///
/// A replica is a folder. `log.sqlite` has the log, the outbox and the settings. `state.sqlite` can be deleted at any time.
/// `token` and `device.key` are readable by the owner only. `sync.lock` is held by who syncs. Any number of processes may use it
/// at the same time; one of them at a time may sync.
public final class Replica: Sendable {
    /// The folder that it lies in.
    public let folder: String
    let environment: RuntimeEnvironment
    let store: SQLiteLogStore
    let stateFile: StateFile
    let files: ReplicaFolder
    /// Where its read models are.
    package var stateFilePath: String { files.state }

    /// Opens the replica in a folder.
    ///
    /// One whose `clone` was interrupted after the laptop was enrolled is completed first, without the network; so is one
    /// that was becoming another device.
    ///
    /// - Throws: `ReplicaError`: `notAReplica`, `newerVersion`, `locked`, `corrupt`, `readOnly`, `inputOutput`.
    public init(opening folder: String, environment: RuntimeEnvironment = .system) throws(ReplicaError) {
        let files = ReplicaFolder(folder)
        try files.completeEnrolment()
        try files.checkIsReplica()
        do {
            let store = try SQLiteLogStore(at: files.log)
            // Of what is damaged, whatever needs it says so: the outbox can be written all the same.
            guard try store.isReplica() else {
                throw ReplicaError(
                    .notAReplica,
                    "not a replica folder: \(files.log) is a log without a server",
                    nextStep: "run ambit clone to make a replica; a server's data is served with ambit serve"
                )
            }
            self.store = store
            stateFile = try StateFile(at: files.state)
        } catch {
            throw ReplicaError(wrapping: error, doing: "opening the replica in \(folder)")
        }
        self.folder = folder
        self.files = files
        self.environment = environment
    }

    /// Closes the files.
    ///
    /// What is done with the replica afterwards fails.
    public func close() {
        try? stateFile.close()
        try? store.close()
    }

    /// What it is of, and who it is, as of now: a sync may make it another device.
    ///
    /// - Throws: `ReplicaError`: `corrupt` when there is a part missing, or why they cannot be read.
    public var settings: ReplicaSettings {
        get throws(ReplicaError) {
            try performing("reading the replica's settings") {
                guard let settings = ReplicaSettings(facts: try store.replicaFacts(), identity: store.identity) else {
                    throw ReplicaError(
                        .corrupt,
                        "\(files.log) no longer says which replica it is",
                        nextStep: "keep a copy of the folder; ambit verify says what is missing"
                    )
                }
                return settings
            }
        }
    }

    /// How many entries have been verified.
    var verifiedSize: LogSize { get throws { try store.head().size } }

    /// The verified log.
    package var log: any LogReader { store }

    /// The read models; brought up to the log's size when they are behind.
    ///
    /// - Throws: `ReplicaError`.
    package func state() throws(ReplicaError) -> StateFile {
        try performing("folding the log") {
            try stateFile.catchUp(with: store)
            return stateFile
        }
    }

    /// Runs the body, and gives its failures as `ReplicaError`.
    func performing<Value>(_ what: String, _ body: () throws -> Value) throws(ReplicaError) -> Value {
        do {
            return try body()
        } catch {
            throw ReplicaError(wrapping: error, doing: what)
        }
    }
}
