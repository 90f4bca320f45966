internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import FoundationEssentials
internal import LogClient
internal import SyncClient
internal import SyncProtocol

/// What can happen on laptops.
extension World {
    var laptopChoices: [Choice] { laptops.flatMap { choices(for: $0) } }

    private func choices(for laptop: Laptop) -> [Choice] {
        let name = "laptop \(laptop.number)"
        var choices: [Choice] = []
        if model.recordings.count < scenario.events + (hasImported ? scenario.bulk : 0) {
            choices.append(Choice(2, "\(name) records") { try $0.work(on: laptop) })
        }
        if scenario.bulk > 0, !hasImported {
            choices.append(Choice(1, "\(name) imports") { try $0.importMany(on: laptop) })
        }
        choices.append(Choice(1, "\(name) discards what was refused") { try $0.discard(on: laptop) })
        if laptop.sync == nil {
            choices.append(Choice(3, "\(name) syncs") { $0.beginSync(laptop) })
            if (try? isLetIn(laptop)) == false {
                choices.append(Choice(1, "\(name) asks to be let in again") { try $0.rejoin(laptop) })
            } else if isIncomplete, canary?.preventsRepair != true, (try? laptop.replica.settings.role) == "admin" {
                choices.append(Choice(2, "\(name) gives back") { $0.giveBack(from: laptop) })
            }
        }
        return choices + faultChoices(for: laptop, name)
    }

    private func faultChoices(for laptop: Laptop, _ name: String) -> [Choice] {
        guard !isCalm else { return [] }
        var choices = [
            Choice(1, "\(name)'s clock may jump") { world in
                guard world.happens(.clockJump) else { return }
                laptop.clock.jump(to: Int.random(in: -20...20, using: &world.random) * 31_557_600_000)
            }
        ]
        if laptop.number > 0, scenario.chance(of: .revocation) > 0 {
            choices.append(Choice(1, "\(name) may be revoked") { try $0.revoke(laptop) })
        }
        if laptop.sync != nil {
            choices.append(Choice(1, "\(name) may lose power") { try await $0.kill(laptop) })
        } else {
            choices.append(
                Choice(1, "\(name)'s state file may be lost") { world in
                    if world.happens(.stateLost) { try world.replaceState(of: laptop, by: nil) }
                    if world.happens(.stateDamaged) {
                        try world.replaceState(of: laptop, by: world.random.next())
                    }
                }
            )
        }
        return choices
    }

    func beginSync(_ laptop: Laptop) {
        statistics.count("syncs")
        planCrash(of: laptop)
        let options = syncOptions(for: laptop)
        laptop.retreatMoments = isIncomplete ? -1 : retreats.moments
        laptop.begin(.syncing, scheduler) { replica, transport in
            try await replica.sync(over: transport, options: options).finish()
        }
    }

    func syncOptions(for laptop: Laptop) -> SyncOptions {
        var options = SyncOptions()
        // A world in which nothing moves would wait for ever.
        options.lockTimeout = .zero
        options.sends = sends(laptop)
        options.signsAll = isCalm || Bool.random(using: &random)
        if !isCalm { options.retries.attempts = Int.random(in: 1...5, using: &random) }
        return options
    }

    /// Has a laptop's process end at a write of the sync that is about to begin.
    func planCrash(of laptop: Laptop) {
        if happens(.laptopCrashBeforeWrite) {
            laptop.power.fail(atWrite: Int.random(in: 1...6, using: &random), applying: false)
        } else if happens(.laptopCrashAfterWrite) {
            laptop.power.fail(atWrite: Int.random(in: 1...6, using: &random), applying: true)
        }
    }

    /// Looks at a sync that has ended.
    func collectOutcome(of laptop: Laptop) throws {
        guard let outcome = laptop.takeOutcome() else { return }
        if laptop.power.isOff {
            try restart(laptop)
        }
        laptop.power.spare()
        // With the answer here, the invite is spent, also where the store has gone back meanwhile and knows of nothing.
        if try !laptop.awaitsEnrolment || laptop.errand == .rejoining && isLetIn(laptop) { laptop.invite = nil }
        switch outcome {
        case .success(let summary):
            statistics.count("syncs that ended well")
            note("laptop \(laptop.number) has synced \(summary.size) entries, \(summary.accepted) of its own")
        case .failure(let error):
            let code = (error as? ReplicaError)?.code
            note("laptop \(laptop.number) did not sync: \(code?.rawValue ?? "\(error)")")
            // A second server may be a second behind, and show or give less than the other one had.
            let isBehind = scenario.servers > 1 && (code == .tampered || code == .serverBehind)
            if laptop.errand == .syncing, let code, Self.alarms.contains(code), !isBehind,
                try !isExpected(code, by: laptop)
            {
                model.breach(.alarms, "laptop \(laptop.number) was told \(code.rawValue): \(error)")
            }
            laptop.lastFailure = "\(error)"
        }
        if case .success = outcome { laptop.lastFailure = nil }
        try observe(laptop)
    }

    /// Whether a store that went back gives a reason for what a laptop was told.
    private func isExpected(_ code: ReplicaError.Code, by laptop: Laptop) throws -> Bool {
        let wentBack = laptop.retreatMoments != retreats.moments
        return switch code {
        case .unauthenticated: try wentBack || !isLetIn(laptop)
        case .serverBehind, .tampered, .notAnAmbitServer: wentBack
        default: false
        }
    }

    /// What nobody may be told in a world where nobody tampers with anything.
    private static let alarms: Set<ReplicaError.Code> = [
        .tampered, .forked, .alteredEvent, .badCheckpoint, .corrupt, .serverBehind, .notAnAmbitServer, .refusedRequest,
        .unauthenticated, .notFound,
    ]

    /// Notes what the laptop has verified.
    func observe(_ laptop: Laptop) throws {
        let size = try laptop.size
        if size < laptop.observed {
            model.breach(.bytes, "laptop \(laptop.number) has \(size) entries, and had \(laptop.observed)")
        }
        guard size > laptop.observed else { return }
        let block = try laptop.replica.entries(laptop.observed..<size)
        for (offset, entry) in LogEntry.split(block).enumerated() {
            let position = laptop.observed + offset
            model.verify(entry, at: position, by: laptop.number)
            laptop.learn(model.verified[position].subject)
        }
        laptop.observed = size
    }

    private func kill(_ laptop: Laptop) async throws {
        guard happens(.laptopKilled) else { return }
        laptop.power.off()
        laptop.transport.fail(LogClientError(.cancelled, "the process has ended"))
    }

    /// The admin takes the laptop's access away, by a request that can be lost as any other.
    func revoke(_ laptop: Laptop) throws {
        guard let token = laptops.first?.token, canary == .losesProof || happens(.revocation) else { return }
        let id = try laptop.device.id
        let now = laptops[0].clock.now
        let headers = ["Authorization": "Bearer \(token)", "Date": HTTPDate.text(of: now)]
        _ = network.send(
            TransportRequest(method: "DELETE", path: "/devices/\(id)", headers: headers),
            at: now
        )
    }

    private func replaceState(of laptop: Laptop, by noise: UInt64?) throws {
        try laptop.reopen { folder in
            let path = "\(folder)/state.sqlite"
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            guard let noise else { return try FileManager.default.removeItem(atPath: path) }
            var bytes = FileManager.default.contents(atPath: path) ?? Data()
            guard !bytes.isEmpty else { return }
            let start = Int(noise % UInt64(bytes.count))
            let end = min(bytes.count, start + 1 + Int(noise >> 40) % 4096)
            for index in start..<end { bytes[index] ^= 0x5A }
            try bytes.write(to: URL(filePath: path))
        }
    }

    private func discard(on laptop: Laptop) throws {
        guard let refused = try laptop.replica.refused().randomElement(using: &random) else { return }
        if let mark = Mark.find(in: Array(refused.line.utf8)) { model.change(mark) { $0.isDiscarded = true } }
        do {
            try laptop.replica.discardRefused([refused.id])
            statistics.count("events discarded")
        } catch {
            try lostPower(laptop, error)
        }
    }

    /// What the user did failed: because the process ended, or for a reason that there must not be.
    ///
    /// - Parameters:
    ///   - laptop: whose process it was.
    ///   - mark: of what was being recorded: whether it was, its files say.
    ///   - folded: how much of the log had been folded then.
    ///   - error: what the user saw.
    /// - Throws: what opening the replica again throws.
    func lostPower(_ laptop: Laptop, recording mark: Int? = nil, folded: Int = 0, _ error: any Error) throws {
        guard laptop.power.isOff else {
            return note("laptop \(laptop.number) could not: \((error as? ReplicaError)?.code.rawValue ?? "\(error)")")
        }
        if let mark { laptop.uncertain.append((mark, folded)) }
        if laptop.sync == nil { return try restart(laptop) }
        laptop.transport.fail(LogClientError(.cancelled, "the process has ended"))
    }

    /// Opens a laptop's replica again after its process has ended.
    private func restart(_ laptop: Laptop) throws {
        note("laptop \(laptop.number) lost power, and starts again")
        statistics.count("laptop restarts")
        try laptop.reopen()
        let pending = try laptop.replica.pending()
        for (mark, folded) in laptop.uncertain {
            guard let event = pending.first(where: { Mark.find(in: Array($0.line.utf8)) == mark }) else { continue }
            note("laptop \(laptop.number) had recorded event \(mark)")
            model.record(Recording(mark: mark, laptop: laptop.number, line: event.line, folded: folded))
        }
        laptop.uncertain = []
    }
}
