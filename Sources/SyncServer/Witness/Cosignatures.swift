internal import AgendaModel
internal import EventLog
internal import Logging
internal import Synchronization

/// Gathers the cosignatures on one log's checkpoints, beside everything else: no commit waits for them.
///
/// A task for each witness, which sleeps while there is nothing to cosign.
final class Cosignatures: Sendable {
    /// When a witness that fails is asked again.
    private static let backoff = Backoff(base: .seconds(1), cap: .seconds(60))

    /// What the task of a witness does next; see `observe`.
    enum Step: Sendable {
        case looking, cosigning, waiting, pausing
    }

    private struct State {
        var head: SignedCheckpoint?
        /// Whether the log goes on: one that may lack something shows no witness anything new.
        var takesEntries = true
        /// Of a log that does not go on: who has answered about its head, and whether it has seen just that.
        var answers: [CosignerKey: Bool] = [:]
        /// What each witness has cosigned last, by its key.
        var lines: [CosignerKey: (checkpoint: SignedCheckpoint, line: String)] = [:]
        var tasks: [Task<Void, Never>] = []
        var waiting: [CosignerKey: CheckedContinuation<Void, Never>] = [:]
        var isStopped = false
        var observer: (@Sendable (Step) -> Void)?

        /// What the witness is to cosign next; nil when it has cosigned this very tree.
        ///
        /// Notes may differ in their bytes, where a log is opened anew or others have signed. That is nothing new to
        /// cosign.
        func due(for key: CosignerKey) -> Due? {
            guard let head else { return nil }
            let isDone = takesEntries ? lines[key]?.checkpoint.checkpoint == head.checkpoint : answers[key] != nil
            return isDone ? nil : Due(checkpoint: head, isOnlyAsked: !takesEntries)
        }
    }

    /// What a witness is shown.
    private struct Due {
        var checkpoint: SignedCheckpoint
        /// Whether it is only to say what it has seen, and to cosign nothing that it has not.
        var isOnlyAsked: Bool
    }

    private let witnesses: [RemoteWitness]
    private let log: any LogReader
    /// Is told what the witnesses say of the log; gives false where that failed to be taken into account.
    private let report: @Sendable (LogEvidence) async -> Bool
    private let logger: Logger
    /// Is told of each cosignature by a witness's name, and how much it covers; nil when there was none.
    private let count: @Sendable (_ witness: String, _ size: LogSize?) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - log: whose checkpoints are cosigned.
    ///   - witnesses: who cosigns.
    ///   - logger: of the server.
    ///   - count: is told of each cosignature by a witness's name, and how much it covers; nil when there was none.
    ///   - report: is told what the witnesses say of the log; gives false where that failed to be taken into account. What
    ///     has come of it is told by `logHasGrown` before it returns.
    init(
        of log: any LogReader,
        by witnesses: [RemoteWitness],
        logger: Logger,
        counting count: @escaping @Sendable (_ witness: String, _ size: LogSize?) -> Void = { _, _ in },
        reporting report: @escaping @Sendable (LogEvidence) async -> Bool = { _ in true }
    ) {
        self.report = report
        self.count = count
        self.log = log
        self.witnesses = witnesses
        self.logger = logger
        let tasks = witnesses.map { witness in
            Task<Void, Never> { [weak self] in await self?.gather(from: witness) }
        }
        state.withLock { $0.tasks = tasks }
    }

    /// To be called with every new checkpoint, and whenever the log begins or ceases to take entries.
    ///
    /// Cheap.
    func logHasGrown(to checkpoint: SignedCheckpoint?, takingEntries takesEntries: Bool = true) {
        let waiting = state.withLock { state in
            guard let checkpoint, checkpoint != state.head || takesEntries != state.takesEntries else {
                return [CheckedContinuation<Void, Never>]()
            }
            if checkpoint.checkpoint != state.head?.checkpoint || takesEntries != state.takesEntries {
                state.answers = [:]
            }
            state.head = checkpoint
            state.takesEntries = takesEntries
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The checkpoint with the cosignatures that there are on exactly it.
    func note(of checkpoint: SignedCheckpoint) -> String {
        checkpoint.note + lines(on: checkpoint)
    }

    /// The greatest checkpoint that at least so many witnesses have cosigned, with their cosignatures; nil when there
    /// is none.
    func note(cosignedBy count: Int) -> String? {
        let seen = state.withLock { state in state.lines.values.map(\.checkpoint) }
        return seen.sorted { $0.checkpoint.size > $1.checkpoint.size }
            .first { one in seen.count { $0.checkpoint == one.checkpoint } >= count }
            .map(note)
    }

    func stop() {
        let (tasks, waiting) = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [:] }
            return (state.tasks, Array(state.waiting.values))
        }
        for task in tasks { task.cancel() }
        for continuation in waiting { continuation.resume() }
    }

    private func lines(on checkpoint: SignedCheckpoint) -> String {
        state.withLock { state in
            witnesses.compactMap { state.lines[$0.key] }.filter { $0.checkpoint.checkpoint == checkpoint.checkpoint }
                .map(\.line).joined()
        }
    }

    private func gather(from witness: RemoteWitness) async {
        var seen: LogSize?
        var failures = 0
        while !Task.isCancelled {
            observe(.looking)
            guard let due = state.withLock({ $0.due(for: witness.key) }) else {
                await growth(for: witness.key)
                continue
            }
            observe(.cosigning)
            do {
                let isCosigned = try await cosign(due, by: witness, seen: &seen)
                failures = 0
                if isCosigned { count(witness.key.name, due.checkpoint.checkpoint.size) }
            } catch {
                count(witness.key.name, nil)
                logger.warning(
                    "A witness did not cosign",
                    metadata: ["witness": "\(witness.key.name)", "error": "\(error)"]
                )
                failures += 1
                observe(.pausing)
                try? await Task.sleep(for: Self.backoff.delay(afterFailures: failures))
            }
        }
    }

    /// Waits until there may be something to cosign.
    private func growth(for key: CosignerKey) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isStopped || state.due(for: key) != nil { return true }
                state.waiting[key] = continuation
                return false
            }
            if goesOn { continuation.resume() } else { observe(.waiting) }
        }
    }

    /// Calls the body with each step of each task, from now on.
    ///
    /// For tests: a task that has nothing to do takes no steps.
    func observe(_ body: @escaping @Sendable (Step) -> Void) { state.withLock { $0.observer = body } }

    private func observe(_ step: Step) { state.withLock { $0.observer }?(step) }

    /// Has a checkpoint cosigned; `seen` is how much of the log the witness is believed to have seen, nil when nobody knows.
    ///
    /// - Returns: whether it was cosigned; not where the witness was only asked, and has seen less.
    private func cosign(_ due: Due, by witness: RemoteWitness, seen: inout LogSize?) async throws -> Bool {
        let checkpoint = due.checkpoint
        let size = checkpoint.checkpoint.size
        // Asked whether it has seen just this, a witness says what it has seen, and has seen no more by it.
        var old = due.isOnlyAsked ? size : seen ?? size
        // The witness may have seen something else than is believed: then it says so, once.
        for _ in 0..<2 {
            guard old <= size else {
                _ = await report(.witnessed(old, by: "\(witness.key)"))
                throw LogError(.corrupt, "the witness has seen \(old) entries, more than this log has")
            }
            if due.isOnlyAsked, old < size {
                logger.notice(
                    "A witness has seen less of a log that takes no entries",
                    metadata: ["witness": "\(witness.key.name)", "seen": "\(old)", "size": "\(size)"]
                )
                try await take(answer: false, about: checkpoint, by: witness)
                return false
            }
            let proof = try ConsistencyProof(from: old, to: size, in: LogTree(of: log))
            let answer = try await witness.submit(AddCheckpoint(old: old, proof: proof, note: checkpoint.note).body)
            let text = String(decoding: answer.body.prefix(2 * 1024), as: UTF8.self)
            switch answer.status {
            case 200:
                guard try witness.key.cosigned(checkpoint.note + text) != nil else {
                    throw LogError(.badSignature, "the answer holds no cosignature by the witness's key")
                }
                seen = size
                state.withLock { $0.lines[witness.key] = (checkpoint, text) }
                if due.isOnlyAsked { try await take(answer: true, about: checkpoint, by: witness) }
                return true
            case 409:
                // More entries than any log can have would be noted, and could not be given up in words of the log.
                guard let known = Int(text.prefix { $0.isNumber }), (0...EventLimits.maximumNumber).contains(known)
                else {
                    throw LogError(.malformed, "a conflict without a size")
                }
                old = LogSize(known)
                seen = old
            default:
                throw LogError(.inputOutput, "the witness answered \(answer.status)")
            }
        }
        throw LogError(.inputOutput, "the witness says one thing and then another of what it has seen")
    }

    /// Takes what a witness says of the head of a log that takes no entries.
    ///
    /// One that was away knows no better than a backup. So the log is confirmed by one that has seen just its end, and once
    /// all others have answered: any of them may have seen more.
    ///
    /// - Throws: where that could not be taken into account, and is still of use: the witness is to be asked again.
    private func take(
        answer isJustThat: Bool,
        about checkpoint: SignedCheckpoint,
        by witness: RemoteWitness
    ) async throws {
        let isConfirmed = state.withLock { state in
            guard !state.takesEntries, state.head?.checkpoint == checkpoint.checkpoint else { return false }
            state.answers[witness.key] = isJustThat
            return witnesses.allSatisfy { state.answers[$0.key] != nil } && state.answers.values.contains(true)
        }
        guard isConfirmed, await !report(.confirmed(checkpoint.checkpoint)) else { return }
        let isForgotten = state.withLock { state in
            guard !state.takesEntries, state.head?.checkpoint == checkpoint.checkpoint else { return false }
            return state.answers.removeValue(forKey: witness.key) != nil
        }
        if isForgotten { throw LogError(.inputOutput, "that the witnesses have confirmed the log could not be noted") }
    }
}
