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
    func run() async throws -> (given: Int, size: LogSize) {
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
        var pace = Pace()
        while reached < size {
            report(.repairing(size: reached, of: size))
            let given: (note: String, end: LogSize)
            do {
                given = try await retrying { try await give(upTo: own, after: reached, &pace) }
            } catch let error as ReplicaError where pace.isAlone {
                throw ReplicaError.notLetThrough(error, reached.next)
            }
            let answer = try check(given.note, against: own)
            guard answer >= given.end else {
                throw ReplicaError(
                    .notAnAmbitServer,
                    "the server says that it took entries up to \(given.end), and shows a log of \(answer)",
                    nextStep: "nothing was changed here; run ambit heal again"
                )
            }
            reached = min(answer, size)
        }
        if start < size { report(.repairing(size: size, of: size)) }
        return (max(size - start, 0), max(start, size))
    }

    /// Gives the entries that come next; fewer where so many do not get through at once.
    ///
    /// - Parameters:
    ///   - own: the replica's checkpoint.
    ///   - reached: the entries that the target has.
    ///   - pace: how much is given at once.
    /// - Returns: the checkpoint that is shown then, and how far the entries went.
    /// - Throws: what the target throws.
    private func give(
        upTo own: SignedCheckpoint,
        after reached: LogSize,
        _ pace: inout Pace
    ) async throws -> (note: String, end: LogSize) {
        while true {
            let part = try RepairChunk(of: log, after: reached, upTo: own, maximumBytes: pace.bytes)
            do {
                pace.isAlone = false
                let note = try await target.give(part)
                // What a bad moment made small may grow again.
                pace.bytes = min(pace.most, pace.bytes * 2)
                return (note, part.end)
            } catch let failure as LogClientError where failure.isWorthSplitting {
                pace.isAlone = part.end - reached == 1
                if pace.isAlone { throw failure }
                pace.bytes = max(1, part.entries.count / 2)
                // Whoever took too long, and a bad network, may need a rest.
                if failure.isTimeout || failure.isUnexplained {
                    var failure = failure
                    failure.isRepeatedInParts = !failure.isSlowAnswer
                    throw failure
                }
                pace.most = pace.bytes
            }
        }
    }

    /// How much is given at once.
    private struct Pace {
        /// Bytes of entries.
        var bytes = SyncEngine.pushBytes
        /// The most that was not found too much.
        var most = SyncEngine.pushBytes
        /// Whether the last that did not get through was one entry alone.
        var isAlone = false
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

    /// Repeats after transient failures: giving back the same entries again does nothing.
    private func retrying<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let size = try log.head().size
        do {
            return try await options.retries.retrying(
                sleep: environment.sleep,
                report: { [report] delay, error in
                    let reason = WaitReason(ReplicaError(error, verifiedSize: size))
                    report(.waiting(seconds: delay / .seconds(1), because: reason))
                },
                body
            )
        } catch let error as LogClientError {
            throw ReplicaError(error, verifiedSize: size)
        }
    }
}

extension ReplicaError {
    /// An entry that does not get through by itself: without it, no later one can be given back.
    fileprivate static func notLetThrough(_ error: ReplicaError, _ position: Position) -> ReplicaError {
        ReplicaError(
            error.code,
            "the entry at position \(position) cannot be given back, not even alone: \(error.message)",
            nextStep: "those before it were given back; heal from another network, or on the server itself with --data"
        )
    }
}
