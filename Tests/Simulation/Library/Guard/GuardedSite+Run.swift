internal import AgendaModel
internal import EventLog
internal import EventLogTesting

extension GuardedSite {
    /// Lets things happen in an order that the seed gives, and then has everything mended.
    ///
    /// - Throws: `Breach`.
    func run() async throws {
        for _ in 0..<Int.random(in: 8...30, using: &random) {
            try await step()
            await settle()
            try check()
        }
        try await mend()
    }

    private func step() async throws {
        switch Int.random(in: 0..<29, using: &random) {
        case 0..<7: try await record()
        case 7: backups.append((disk.store.copy(), seen.copy()))
        case 8: try await restart("restores from a backup") { $0.goBack($0.backups.map(\.store)) }
        case 9: try await restart("journals cut") { $0.goBack($0.history.dropLast()) }
        case 10: await failOver()
        case 11: try await crashUnnoted()
        case 12: try await losePower()
        case 13: try await restart("notes lost with the disk") { $0.loseDisk($0.backups.map(\.store)) }
        case 14: await showNote(anyNote())
        case 15: await showSize(anyNote())
        case 16: try await confirm()
        case 17: try await heal()
        case 18: try await restoreAll()
        case 19: await writer?.refresh(isUrgent: true)
        case 20, 21: try await giveUp()
        case 22, 23, 24: try await loseAgain()
        case 25: await showGivenUp()
        case 26, 27: try await restoreTwice()
        default: try await forkWithCopy()
        }
    }

    private func restart(_ what: String, _ body: (GuardedSite) -> Void) async throws {
        count(what)
        await end()
        body(self)
        try start()
    }

    private func goBack(_ copies: some Collection<TwinStore>) {
        guard let copy = Array(copies).randomElement(using: &random) else { return }
        disk.replace(with: copy.copy())
    }

    /// Only a copy of the store is left.
    private func loseDisk(_ copies: some Collection<TwinStore>) {
        seen.lose()
        folded = .nothing
        goBack(copies)
    }

    /// The note is lost with the disk, somebody shows some of what is missing, and then another copy is put back.
    private func restoreTwice() async throws {
        try await restart("notes lost with the disk") { $0.loseDisk($0.copies) }
        let note = shown.all.suffix(4).randomElement(using: &random)
        if random.chance(0.5) { await showNote(note) } else { await showSize(note) }
        try await restart("second restores") { $0.goBack($0.copies) }
        try await record()
    }

    /// All copies of the store but the newest.
    private var copies: [TwinStore] { backups.map(\.store) + Array(history.dropLast()) }

    /// The store goes back under a running process.
    private func failOver() async {
        count("failovers")
        goBack(history.dropLast())
        if random.chance(0.5) { await writer?.refresh(isUrgent: true) }
    }

    /// The store and its note go back together, and only the server's read models know that there was more.
    private func restoreAll() async throws {
        guard let backup = backups.randomElement(using: &random) else { return }
        try await restart("restores of everything but the read models") { site in
            site.disk.replace(with: backup.store.copy())
            site.seen = backup.seen.copy()
            site.folded = site.shown.greatest.map(\.checkpoint).map { Self.end(of: $0) } ?? .nothing
        }
    }

    /// The process ends after a commit, before anybody has been told.
    private func crashUnnoted() async throws {
        guard writer?.standing.takesEntries == true else { return }
        count("crashes between commit and note")
        seen.fail(LogError(.inputOutput, "the process has ended"))
        _ = try await record()
        await writer?.shutDown()
        writer = nil
        seen.fail(nil)
        try start()
    }

    /// The power goes, and the note is as it was when it was synced last, or cut off in the middle.
    ///
    /// The store is durable. That it goes back within the second before the note is synced is what nothing would notice.
    private func losePower() async throws {
        count("power cuts")
        if try disk.head().size < seen.noted?.size ?? .zero || random.chance(0.5) { try seen.sync() }
        let kept = Int.random(in: 0...512, using: &random)
        writer = nil
        seen.losePower(keeping: random.chance(0.5) ? kept : 0)
        try start()
    }

    /// What somebody was shown who may have been away since.
    private func anyNote() -> SignedCheckpoint? {
        random.chance(0.5) ? shown.greatest : shown.all.randomElement(using: &random)
    }

    /// A laptop or a mirror shows what it holds.
    private func showNote(_ note: SignedCheckpoint?) async {
        guard let note else { return }
        count("notes shown")
        await take(.checkpoint(note.checkpoint), of: note.checkpoint.size)
    }

    /// A laptop that holds what was given up shows it.
    ///
    /// It may be what nobody has known of yet. Then that is given up too, once; nobody gives the log anything back for it.
    private func showGivenUp() async {
        guard let note = shown.givenUp.randomElement(using: &random)?.checkpoint else { return }
        count("notes shown of what was given up")
        await take(.checkpoint(note), of: note.size)
        if writer?.standing.takesEntries == false { isStoppedByGivenUp = true }
    }

    /// The log goes back with its note and all that its server knows, and only who was shown it knows that there was more.
    private func loseAgain() async throws {
        guard writer?.standing.takesEntries == true else { return }
        let (store, note) = (disk.store.copy(), seen.copy())
        for _ in 0..<Int.random(in: 1...2, using: &random) { try await record() }
        try await restart("restores of everything") { site in
            site.disk.replace(with: store)
            site.seen = note
            site.folded = .nothing
        }
        await showNote(shown.greatest)
    }

    /// The end of a log as its read models remember it: any hash that only this history has.
    private static func end(of checkpoint: Checkpoint) -> RememberedEnd {
        RememberedEnd(size: checkpoint.size, lastEntry: checkpoint.root)
    }

    private func showSize(_ note: SignedCheckpoint?) async {
        guard let note = note?.checkpoint else { return }
        count("sizes named by a witness")
        let isWitness = random.chance(0.5)
        await take(
            isWitness ? .witnessed(note.size, by: "w.example/\(losses)") : .remembered(Self.end(of: note)),
            of: note.size
        )
    }

    /// Witnesses that have seen everything find that the log has this end.
    private func confirm() async throws {
        guard let checkpoint = shown.greatest?.checkpoint, try disk.head().size >= checkpoint.size,
            try LogTree(of: disk).root(of: 0..<checkpoint.size.rawValue) == checkpoint.root,
            let end = try disk.head().checkpoint?.checkpoint
        else { return }
        count("logs confirmed")
        await writer?.take(.confirmed(end))
    }

    /// A copy of everything, note included, goes on elsewhere: nothing can notice before it is shown a note of the other.
    private func forkWithCopy() async throws {
        guard let writer, writer.standing.takesEntries else { return }
        count("copies of everything")
        await writer.refresh(isUrgent: true)
        let (store, note) = (disk.store.copy(), seen.copy())
        let other = try Self.writer(of: SimulatedDisk(store, key: key), key, note)
        guard writer.standing.takesEntries else { return }
        _ = try? await other.record(type: "agenda.revised", subject: "agenda/proef", data: #"{"title":"Elders"}"#)
        if let checkpoint = other.head.checkpoint?.checkpoint, try disk.head().size < checkpoint.size {
            await writer.take(.checkpoint(checkpoint))
            let before = writer.head.size
            if random.chance(0.5) { await writer.refresh(isUrgent: true) }
            if try await record(), canary == nil {
                throw Breach(description: "the log of \(before) entries went on after it was shown a note of its copy")
            }
        }
        await other.shutDown()
        // Those who run it see that, and take the copy away: what it has shown is known to nobody else.
        let end = try disk.head()
        try seen.update { SeenMark(size: end.size, root: end.checkpoint?.checkpoint.root, givenUp: $0?.givenUp ?? []) }
        try await restart("copies taken away") { _ in }
    }

    /// Everything is healed, and the log goes on.
    private func mend() async throws {
        try await restart("mended logs") { _ in }
        if writer?.standing.takesEntries == false, try disk.head().size < mirror.head().size { try await heal() }
        try await confirm()
        // What was given up may have to be given up once more, by those who find that it was shown to more people.
        if isStoppedByGivenUp { try await giveUp() }
        guard canary == nil, let writer else { return }
        guard try await record() else {
            throw Breach(description: "a log that was healed takes no entries: it is \(writer.standing)")
        }
    }
}
