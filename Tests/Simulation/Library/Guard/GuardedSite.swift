internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import Synchronization

/// A server's machine, with what somebody has copied of it, and everybody who has been shown the log.
///
/// One task runs it.
final class GuardedSite {
    struct Breach: Error, CustomStringConvertible {
        var description: String
    }

    let key: LogKey
    let disk: SimulatedDisk
    let canary: GuardCanary?
    var seen: SeenInMemory
    var random: SplitMix64
    var counts: [String: Int] = [:]
    /// What happened, in order.
    var steps: [String] = []
    /// nil while no process runs.
    var writer: Sequencer?
    /// Copies of the store and of its note, by anybody, at any time.
    var backups: [(store: TwinStore, seen: SeenInMemory)] = []
    /// The store after each of the last commits, the last one at the end.
    var history: [TwinStore] = []
    /// What the server's read models say the log has had: they outlive a restart.
    var folded = RememberedEnd.nothing
    /// How often a loss has been accepted: a witness that saw what was lost goes on in no other history.
    var losses = 0
    /// Whether somebody has stopped the log with what was given up, so that this has to be said once more.
    var isStoppedByGivenUp = false
    /// Sizes that a canary passes over.
    var ignored: ClosedRange<Int>?
    /// The most that has been shown, as a mirror would keep it.
    var mirror: TwinStore
    /// What has left the process.
    let shown = ShownLog()
    private var number = 0

    init(seed: UInt64, canary: GuardCanary?) async throws {
        random = SplitMix64(seed: seed)
        self.canary = canary
        key = try LogKey(origin: "test.example/agendas/proef", seed: [UInt8](repeating: UInt8(seed % 251), count: 32))
        let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
        let store = TwinStore(InMemoryLogStore(identity: identity))
        disk = SimulatedDisk(store, key: key)
        seen = SeenInMemory(forgets: canary == .forgetsShown, believes: canary == .believesOthers)
        mirror = store.copy()
        try start()
        _ = try await record("agenda.founded")
    }

    // MARK: - The process

    func start() throws {
        let writer = try Self.writer(of: disk, key, seen)
        writer.observe { [shown] head, _, _ in shown.add(head.checkpoint) }
        self.writer = writer
        if !passesOver(folded.size) { writer.remember(folded) }
        try keep()
        try check()
    }

    /// Somebody says something of the log.
    func take(_ evidence: LogEvidence, of size: LogSize) async {
        guard !passesOver(size) else { return }
        await writer?.take(evidence)
    }

    private func passesOver(_ size: LogSize) -> Bool {
        canary == .ignoresSizes && ignored?.contains(size.rawValue) == true
    }

    /// The process ends, between two of its steps.
    func end() async {
        await writer?.shutDown()
        writer = nil
    }

    /// Waits until the writer has shown all that it shows of what was done so far: only then does the order follow from the seed.
    func settle() async { while writer?.load.isWorking == true { await Task.yield() } }

    static func writer(of store: any LogStore, _ key: LogKey, _ seen: SeenInMemory) throws -> Sequencer {
        let now = Timestamp(millisecondsSince1970: 1_800_000_000_000)
        let environment = RuntimeEnvironment(
            now: { now },
            elapsed: { .zero },
            random: { [UInt8](repeating: 7, count: $0) }
        )
        return try Sequencer(store: store, key: key, environment: environment, seen: seen)
    }

    // MARK: - Work

    /// Records an event of its own, which no other history has.
    ///
    /// - Returns: whether the log took it.
    @discardableResult
    func record(_ type: String = "agenda.revised") async throws -> Bool {
        guard let writer else { return false }
        number += 1
        do {
            let outcome = try await writer.record(
                type: type,
                subject: "agenda/proef",
                data: #"{"title":"Verzonnen \#(number)"}"#
            )
            shown.add(outcome.head.checkpoint)
        } catch is PushError {
            try check()
            return false
        }
        count("events recorded")
        history = history.suffix(4) + [disk.store.copy()]
        try keep()
        try check()
        return true
    }

    /// Has the mirror hold the most that has been shown.
    private func keep() throws {
        guard let greatest = shown.greatest, try disk.head().checkpoint == greatest else { return }
        mirror = disk.store.copy()
    }

    /// - Throws: `Breach` once anybody has been shown two histories.
    func check() throws {
        if let fork = shown.fork { throw Breach(description: fork) }
    }

    /// Gives the log what it lacks, from the mirror.
    func heal() async throws {
        guard let writer, let checkpoint = try mirror.head().checkpoint else { return }
        do {
            try await writer.takeBack(from: mirror, upTo: checkpoint)
        } catch  where error is RepairError || error is PushError {
            count("repairs refused")
        }
        try check()
    }

    /// Those who run the server give up what the log lacks; what its mirror and backups have is of no more use.
    func giveUp() async throws {
        await settle()
        guard let writer, !writer.standing.takesEntries else { return }
        let (store, size) = (disk, try disk.head().size)
        try shown.giveUp { note in
            guard note.size <= size else { return true }
            return try LogTree(of: store).root(of: 0..<note.size.rawValue) != note.root
        }
        guard let loss = try await writer.acceptLoss() else { return }
        count("losses accepted")
        losses += 1
        isStoppedByGivenUp = false
        let (first, last) = (loss.after.rawValue + 1, loss.through.rawValue)
        if first <= last {
            ignored = min(first, ignored?.lowerBound ?? first)...max(last, ignored?.upperBound ?? last)
        }
        folded = .nothing
        mirror = disk.store.copy()
        history = [disk.store.copy()]
        backups = [(disk.store.copy(), seen.copy())]
        try check()
    }

    func count(_ what: String) {
        counts[what, default: 0] += 1
        steps.append("\(what): size \((try? disk.head().size) ?? .zero), \(writer.map { "\($0.standing)" } ?? "ended")")
    }
}
