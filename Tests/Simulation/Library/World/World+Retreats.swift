internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import EventLogTesting
internal import FoundationEssentials
internal import LogClient
internal import Projections
internal import SyncClient

/// What the world knows of stores that go back.
struct Retreats {
    /// Copies by anybody, of the store and of what was noted of it.
    var backups: [(store: TwinStore, seen: SeenInMemory)] = []
    /// How much servers' state files say the log has had, where nothing else does any more.
    var remembered = RememberedEnd.nothing
    /// Those state files, by the server's place.
    var statePaths: [String] = []
    /// In how many moments the store went back, or lacked something that had been shown.
    var moments = 0

    func statePath(ofServer number: Int) -> String? {
        statePaths.indices.contains(number) ? statePaths[number] : nil
    }
}

/// Stores that go back, and what is done about it.
extension World {
    var retreatChoices: [Choice] {
        guard !isCalm else { return [] }
        var choices = [
            Choice(1, "somebody copies the store") { $0.backUp() },
            Choice(1, "the store may go back") { try await $0.mayGoBack() },
        ]
        if isIncomplete, canary != .givesUpEarly {
            choices.append(
                Choice(3, "those who run the servers take back what laptops have") { try await $0.takeBack() }
            )
        }
        return choices
    }

    /// Whether the store lacks something that has been shown.
    var isIncomplete: Bool {
        let shown = max(model.greatestShown, seen.noted?.size.rawValue ?? 0, retreats.remembered.size.rawValue)
        return ((try? disk.head().size.rawValue) ?? 0) < shown
    }

    private func backUp() {
        retreats.backups = retreats.backups.suffix(2) + [(disk.store.copy(), seen.copy())]
    }

    private func mayGoBack() async throws {
        if happens(.failover) { try goBack(to: disk.past.randomElement(using: &random)) }
        if happens(.journalCut) {
            await crashAll()
            try goBack(to: disk.past.randomElement(using: &random))
        }
        if happens(.backupRestored) {
            await crashAll()
            try goBack(to: retreats.backups.randomElement(using: &random)?.store)
        }
        if happens(.allRestored) { try await restoreAll() }
    }

    private func crashAll() async {
        for server in servers.compactMap({ $0 }) { await crash(server, applying: false) }
    }

    func goBack(to copy: TwinStore?) throws {
        guard let copy else { return }
        retreats.moments += 1
        model.forgetEnrolments()
        disk.replace(with: copy.copy())
        note("the store has \(try disk.head().size) entries")
    }

    /// Store and note go back together, and only what servers have folded says that there was more.
    ///
    /// Where nothing says so, no server can know.
    private func restoreAll() async throws {
        guard let backup = retreats.backups.randomElement(using: &random), !isIncomplete else { return }
        await crashAll()
        retreats.remembered = RememberedEnd(size: try disk.head().size)
        retreats.statePaths = try servers.indices.map { number in
            let path = "\(root)/kept-\(number)-\(serverLives).sqlite"
            let file = try StateFile(at: path)
            try file.catchUp(with: disk.store)
            retreats.remembered = try file.end()
            try file.close()
            return path
        }
        seen = backup.seen.copy()
        try goBack(to: backup.store)
    }

    /// Takes note of what the store has: whether anything is missing, and whether its times are plausible.
    func watchStore() throws {
        defer { network.ended = [] }
        for difference in tested?.takeDifferences() ?? [] { model.breach(.sameStore, difference) }
        for (hash, device) in try disk.access().tokens { tokens[hash] = device }
        if isIncomplete {
            retreats.moments += 1
        } else if retreats.remembered.size > .zero {
            retreats.remembered = .nothing
            retreats.statePaths = []
        }
        guard let last = try disk.head().recordedTime, last > recordedTime ?? Timestamp(millisecondsSince1970: 0) else {
            return
        }
        let lead = 24 * 60 * 60 * 1000
        let before = recordedTime?.millisecondsSince1970 ?? time.now
        let writers = (network.working + network.ended).map(\.time.millisecondsSince1970).max() ?? before
        if last.millisecondsSince1970 > max(time.now, before + lead, writers + lead) {
            model.breach(.plausibleTimes, "an entry was recorded at \(last), and it was \(time.now) then")
        }
        recordedTime = last
    }
}

// MARK: - Mending

extension World {
    /// A laptop whose member may do so gives the servers what they lack.
    func giveBack(from laptop: Laptop) {
        statistics.count("repairs by laptops")
        planCrash(of: laptop)
        let options = syncOptions(for: laptop)
        laptop.begin(.givingBack, scheduler) { replica, transport in
            try await replica.repairServer(over: transport, options: options).sync ?? SyncSummary()
        }
    }

    /// Servers stop, and their log gets what the laptop with the most of it has.
    private func takeBack() async throws {
        statistics.count("repairs by those who run the servers")
        try await operate { world, writer in try await world.takeBack(into: writer) }
    }

    private func takeBack(into writer: Sequencer) async throws {
        let sizes = try laptops.map { ($0.store, try $0.store.head()) }
        guard let (log, head) = sizes.max(by: { $0.1.size < $1.1.size }), let checkpoint = head.checkpoint,
            head.size > writer.head.size
        else { return }
        try await writer.takeBack(from: log, upTo: checkpoint)
    }

    /// A writer of its own works on the store while no server does.
    private func operate(
        acceptingClock acceptsClock: Bool = false,
        _ body: (World, Sequencer) async throws -> Void
    ) async throws {
        await crashAll()
        let writer = try Sequencer(
            store: disk,
            key: disk.key,
            environment: environment(ofServer: 0),
            seen: notes,
            acceptsClock: acceptsClock
        )
        writer.remember(retreats.remembered)
        try await body(self, writer)
        await writer.shutDown()
        note("the store has \(try disk.head().size) entries, and is \(writer.standing.word)")
    }

    /// When nothing moves and nothing fails any more, those who run the servers put everything in order.
    func mend() async throws {
        for clock in serverClocks { clock.jump(to: 0) }
        // What a canary has broken behind the guard's back stays as it is.
        guard canary?.isSeenByGuard != true else { return }
        // Whoever gives up a loss has put the clock right.
        try await operate(acceptingClock: true) { world, writer in
            if world.canary != .givesUpEarly { try await world.takeBack(into: writer) }
            if let loss = try await writer.acceptLoss() {
                world.statistics.count("losses accepted")
                world.model.giveUp(after: loss.after.rawValue)
            }
        }
        try await operate { world, writer in
            guard writer.obstacle != nil else { return }
            // Two wrong clocks agreed, and the log is ahead of the right one for good.
            world.statistics.count("clocks accepted")
            world.acceptsClock = true
        }
        try watchStore()
        for number in servers.indices {
            try await startServer(number)
            servers[number]?.store.closeGate()
        }
    }
}

extension Sequencer {
    /// Takes back what its log lacks, from another copy of it.
    ///
    /// - Throws: `RepairError`, `PushError`, or what the copy throws.
    func takeBack(from log: some LogReader, upTo checkpoint: SignedCheckpoint) async throws {
        var reached = min(head.size, checkpoint.checkpoint.size)
        repeat {
            let part = try RepairChunk(of: log, after: reached, upTo: checkpoint, maximumBytes: .max)
            let request = try RepairRequest(
                after: part.after,
                note: part.checkpoint.note,
                proof: part.proof,
                redactions: part.redactions,
                body: part.entries,
                verifier: log.identity.verifierKey
            )
            _ = try await repair(request)
            reached = part.end
        } while reached < checkpoint.checkpoint.size
    }
}
