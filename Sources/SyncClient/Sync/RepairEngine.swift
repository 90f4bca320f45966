internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

/// Gives a log back what it lacks of a replica's verified log.
struct RepairEngine {
    let log: any LogReader
    let target: any RepairTarget
    let environment: RuntimeEnvironment
    let options: SyncOptions
    let report: @Sendable (SyncProgress) -> Void

    /// - Returns: how many entries were given back, and the size of the target's log at the end.
    func run() async throws -> (given: Int, size: Int) {
        report(.checking)
        guard let own = try log.head().checkpoint else {
            throw ReplicaError(
                .notFound,
                "this replica has no entries to give back",
                nextStep: "heal from the replica of somebody who has synced"
            )
        }
        let size = own.checkpoint.size
        let start = try check(try await retrying { try await target.checkpoint() }, against: own)
        var reached = start
        while reached < size {
            report(.repairing(size: reached.rawValue, of: size.rawValue))
            let part = try RepairChunk(of: log, after: reached, upTo: own, maximumBytes: SyncEngine.pushBytes)
            let answer = try check(try await retrying { try await target.give(part) }, against: own)
            guard answer >= part.end else {
                throw ReplicaError(
                    .notAnAmbitServer,
                    "the server says that it took entries up to \(part.end), and shows a log of \(answer)",
                    nextStep: "nothing was changed here; run ambit heal again"
                )
            }
            reached = min(answer, size)
        }
        if start < size { report(.repairing(size: size.rawValue, of: size.rawValue)) }
        return (max(size - start, 0), max(start, size).rawValue)
    }

    /// Checks that the target's log is the beginning of this one, as far as both go.
    ///
    /// - Returns: its size.
    private func check(_ note: String?, against own: SignedCheckpoint) throws -> LogSize {
        guard let note else { return .zero }
        let shown: Checkpoint
        do {
            shown = try log.identity.verifierKey.verify(note).checkpoint
        } catch {
            throw ReplicaError(
                .badCheckpoint,
                "the server's checkpoint is not signed by the key that this replica was made with: \(error.message)",
                nextStep: "nothing was given back; check that this is the server of this replica"
            )
        }
        guard shown.size <= own.checkpoint.size else { return shown.size }
        guard try LogTree(of: log).root(of: 0..<shown.size.rawValue) == shown.root else {
            throw ReplicaError(
                .forked,
                "the server's log of \(shown.size) entries is not the beginning of the one that this replica has "
                    + "verified: since the backup was put back, others have written",
                nextStep:
                    "nothing was changed here and nothing is lost; put the backup back once more, and heal it; or, if what "
                    + "they wrote is to stay, " + ReplicaError.rerecording
            )
        }
        return shown.size
    }

    /// Repeats what fails for reasons that may pass: giving back the same entries again does nothing.
    private func retrying<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let size = try log.head().size.rawValue
        do {
            return try await options.retries.retrying(
                sleep: environment.sleep,
                report: { [report] delay, error in
                    let reason = ReplicaError(error, verifiedSize: size).message
                    report(.waiting(seconds: delay / .seconds(1), because: reason))
                },
                body
            )
        } catch let error as LogClientError {
            throw ReplicaError(error, verifiedSize: size)
        }
    }
}
