internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import EventLogTesting
internal import LogClient
internal import Projections
internal import SyncClient
internal import SyncProtocol

/// From the first step to the judgement.
extension World {
    /// So many rounds of syncs bring everybody everything when nothing fails any more.
    private static let rounds = 4
    /// More steps than this no sync takes without faults: after timeouts a laptop sends its events one by one.
    private static let stepsOfSync = 20_000

    /// Lets the world go its way, faults stop, and everybody sync; then judges.
    func run() async throws {
        try await settle()
        for _ in 0..<scenario.steps {
            try await step(networkChoices + serverChoices + laptopChoices + retreatChoices + canaryChoices)
            if canary == nil, !model.breaches.isEmpty { return }
        }
        try await calmDown()
        try await mend()
        try await syncEverybody()
        let outcome = try await outcome()
        outcome.checkLog(against: &model)
        outcome.checkLaptops(against: &model)
        outcome.checkSigned(against: &model)
    }

    private func step(_ choices: [Choice]) async throws {
        statistics.steps += 1
        time.pass(Int.random(in: 0...40, using: &random))
        var draw = Int.random(in: 0..<choices.reduce(0) { $0 + $1.weight }, using: &random)
        for choice in choices {
            draw -= choice.weight
            guard draw < 0 else { continue }
            note(choice.what)
            try await choice.act(self)
            break
        }
        try await settle()
    }

    /// Faults stop: servers come back, and what was begun comes to its end.
    private func calmDown() async throws {
        note("faults stop")
        isCalm = true
        for laptop in laptops { laptop.power.spare() }
        for _ in 0..<Self.stepsOfSync {
            let choices = networkChoices + serverChoices
            guard !choices.isEmpty else { return }
            try await step(choices)
        }
        model.breach(.liveness, "what was begun did not end")
    }

    private func syncEverybody() async throws {
        for _ in 0..<Self.rounds {
            if try isEverybodyThere() { break }
            for laptop in laptops where laptop.sync == nil {
                if try isLetIn(laptop) || isLeftOut(laptop) {
                    note("laptop \(laptop.number) syncs")
                    beginSync(laptop)
                } else {
                    note("laptop \(laptop.number) asks to be let in")
                    try rejoin(laptop)
                }
                try await settle()
                var steps = 0
                while laptop.sync != nil, steps < Self.stepsOfSync {
                    try await step(networkChoices + serverChoices)
                    steps += 1
                }
            }
        }
        for laptop in laptops where try !isLeftOut(laptop) {
            if try !isLetIn(laptop) {
                model.breach(
                    .enrolment,
                    "laptop \(laptop.number) is not let in: \(laptop.lastFailure ?? "nobody knows why")"
                )
            } else if laptop.sync != nil {
                model.breach(.liveness, "laptop \(laptop.number) still syncs")
            } else if let failure = laptop.lastFailure {
                model.breach(.liveness, "laptop \(laptop.number) cannot sync: \(failure)")
            }
        }
    }

    /// Whether nobody has anything to send, to sign or to fetch.
    private func isEverybodyThere() throws -> Bool {
        let size = try disk.head().size
        let unsigned = Authorship(of: try entries(), origin: disk.identity.origin).unsigned
        return try laptops.allSatisfy { laptop in
            if try isLeftOut(laptop) { return true }
            guard try isLetIn(laptop) else { return false }
            let counts = try laptop.store.outbox.counts()
            let hasSentAll =
                try laptop.lastFailure == nil && counts.pending == 0 && unsigned[laptop.device] == nil
            return try hasSentAll && laptop.store.head().size == size
        }
    }

    private func outcome() async throws -> Outcome {
        let head = try disk.head()
        let log = try disk.entries(Position(0)..<head.size.next)
        return Outcome(
            origin: disk.identity.origin,
            entries: try entries(),
            bytes: Hash.sha256(log),
            size: head.size.rawValue,
            root: head.checkpoint?.checkpoint.root ?? Merkle.emptyRoot,
            digest: try await serverDigest(),
            laptops: try laptops.map { try ending(of: $0) }
        )
    }

    /// The entries; those that were erased have the marks that they had.
    private func entries() throws -> [LogEntry] {
        let size = try disk.head().size
        var entries = LogEntry.split(try disk.entries(Position(0)..<size.next)).map { LogEntry($0) }
        for (position, before) in model.verified.prefix(entries.count).enumerated() where entries[position].isErased {
            entries[position].mark = before.mark
        }
        return entries
    }

    /// The digest that the server shows of its state.
    private func serverDigest() async throws -> String {
        guard let server = servers.compactMap({ $0 }).first, let token = laptops.first?.token else {
            return "no server"
        }
        // Once a second a server looks at what another one has written.
        time.pass(1_000)
        let headers = ["Authorization": "Bearer \(token)", "Accept": "application/json"]
        let answer = await server.answer(TransportRequest(path: "/state?limit=1", headers: headers))
        struct Page: Decodable { var digest: String? }
        return (try? ProtocolJSON.decode(Page.self, from: answer.body))?.digest ?? "none: \(answer.status)"
    }

    private func ending(of laptop: Laptop) throws -> Outcome.Ending {
        let head = try laptop.store.head()
        let waiting = try laptop.replica.pending()
        return Outcome.Ending(
            number: laptop.number,
            device: try laptop.device,
            size: head.size.rawValue,
            root: head.checkpoint?.checkpoint.root,
            bytes: Hash.sha256(try laptop.replica.entries(0..<head.size.rawValue)),
            digest: try laptop.replica.digest(),
            unsound: try unsound(laptop),
            pending: waiting.count,
            refused: Set(try laptop.replica.refused().compactMap { Mark.find(in: Array($0.line.utf8)) }),
            isRevoked: try isLeftOut(laptop),
            waiting: Set(waiting.compactMap { Mark.find(in: Array($0.line.utf8)) })
        )
    }

    /// The first difference in a laptop's files; nil when they are sound.
    private func unsound(_ laptop: Laptop) throws -> String? {
        let folder = canary == .damagesFile ? try laptop.damagedCopy() : laptop.replica.folder
        do {
            let state = try StateFileCheck(reading: "\(folder)/state.sqlite")
            let identity = laptop.store.identity
            _ = try LogFile(reading: "\(folder)/log.sqlite").check(each: { try state.take($0, $1, of: identity) })
            _ = try state.finish()
            return nil
        } catch let difference as LogDifference {
            return difference.description
        }
    }
}
