internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient
internal import Projections
internal import SyncProtocol

/// Does what the state machine decides: requests, writes and waits.
struct SyncEngine {
    /// Bytes of events in one push.
    ///
    /// What cannot be compressed still fits in the limit on compressed bytes.
    static let pushBytes = Limits.standard.pushCompressedBytes - 256 * 1024
    /// Segments that are staged in one transaction.
    static let segmentsPerTransaction = 128

    let files: ReplicaFolder
    let store: SQLiteLogStore
    let stateFile: StateFile
    let transport: DatedTransport
    let environment: RuntimeEnvironment
    let options: SyncOptions
    let report: @Sendable (SyncProgress) -> Void

    var device: DeviceID
    var requests: SyncRequests
    var receiver: PullReceiver
    let isIdentityShared: Bool
    /// What the last push sent, for sending it again.
    var batch: [Outbox.Item] = []
    var sent = 0
    /// Own events that the server has accepted, beyond the verified log.
    var placed: [Verdicts.Placed] = []
    var target: LogSize?
    /// Why what was received has not been worked into the state; nil when it has.
    var unfolded: ReplicaError?
    /// Why something of what was erased may be left in a file of the replica, by the file's path.
    var scrubFailures: [String: ReplicaError] = [:]
    /// Signatures that were received in this sync and do not hold.
    var badSignatures: [BadSignature] = []
    /// Own events that turned out in this sync to have been overtaken, or not to be so any more.
    var overtaken = OvertakenEdits.Changes()
    /// Up to which size it was looked for them.
    var overtakenChecked: LogSize?
    /// Up to which size signatures have been looked at.
    var signaturesChecked: LogSize?
    /// What came before the sync began, to be taken as if it had been pulled.
    var received: ReceivedEntries?

    init(
        files: ReplicaFolder,
        store: SQLiteLogStore,
        stateFile: StateFile,
        transport: any Transport,
        environment: RuntimeEnvironment,
        options: SyncOptions,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) throws {
        self.files = files
        self.store = store
        self.stateFile = stateFile
        self.transport = DatedTransport(transport, now: environment.now)
        self.environment = environment
        self.options = options
        self.report = report
        let change = try files.pendingChange(of: store)
        requests = SyncRequests(token: try change?.answer.token ?? files.readToken(), now: environment.now)
        let facts = try store.replicaFacts()
        device = DeviceID(unchecked: facts[ReplicaFact.device] ?? "")
        isIdentityShared = change != nil || facts[ReplicaFact.sharedIdentity] != nil
        receiver = try PullReceiver(continuing: store)
    }

    /// - Returns: what was done; what kept pending events from being sent, when all else was done.
    mutating func run() async throws -> (summary: SyncSummary, unsent: ReplicaError?) {
        // What the last sync could not clear away.
        scrub()
        // A crash may have left entries that are not folded yet.
        try fold()
        try takeReceived()
        var machine = SyncMachine(
            verifier: store.identity.verifierKey,
            local: SyncMachine.Local(verified: try Self.verifiedExtent(of: store), staged: receiver.extent),
            isIdentityShared: isIdentityShared,
            options: options
        )
        var action = machine.begin()
        while true {
            switch action {
            case .finish(var summary, let unsent):
                checkSignatures()
                lookForOvertaken()
                summary.badSignatures = badSignatures
                summary.overtaken = overtaken.withoutEffect
                summary.scrubFailures = scrubFailures.sorted { $0.key < $1.key }.map(\.value)
                try note(machine.target, isComplete: options.sends && unsent == nil)
                if let unfolded { throw unfolded }
                return (summary, unsent)
            case .stop(let error):
                checkSignatures()
                lookForOvertaken()
                try? note(machine.target, isComplete: false)
                // A server that has gone back with all that it knew may not know this laptop any more.
                if [.serverBehind, .forked, .unauthenticated].contains(error.code) { await reportCheckpoint() }
                throw error
            default:
                target = machine.target?.checkpoint.size
                action = machine.next(try await perform(action))
            }
        }
    }

    /// Shows the server what it has signed and forgotten.
    private func reportCheckpoint() async {
        guard let note = try? store.head().checkpoint?.note else { return }
        await CheckpointReport(note, token: requests.token).send(over: transport)
    }

    mutating func perform(_ action: SyncMachine.Action) async throws -> SyncMachine.Input {
        switch action {
        case .readCheckpoint:
            report(.checking)
            if let note = received?.note {
                received = nil
                return .checkpoint(note: note)
            }
            return try await readCheckpoint()
        case .readFreshCheckpoint:
            received = nil
            return try await readCheckpoint()
        case .readOutbox(let after, let events):
            return .outbox(try prepareBatch(after: after, events: events))
        case .push(let batch, let size):
            if !batch.isOnlySignatures { report(.pushing(sent: sent, of: try sent + store.outbox.pendingEstimate())) }
            return try await request { engine in
                let answer = try await engine.push(engine.batch, size: size)
                return .pushed(answer, staged: try engine.stageOwnEntries(answer))
            }
        case .probe(let size):
            return try await request { engine in .probed(try await engine.push([], size: size)) }
        case .applyVerdicts(let verdicts):
            try apply(verdicts)
            return .appliedVerdicts
        case .pull(let after, let limit):
            report(.pulling(size: after, of: target ?? after + limit))
            return try await request { engine in .pulled(try await engine.pull(after: after, limit: limit)) }
        case .dropStaging:
            try store.discardStaged()
            receiver = try PullReceiver(continuing: store)
            return .stagingDropped
        case .install(let checkpoint):
            return try install(checkpoint)
        case .changeDevice:
            return try await request { engine in .changedDevice(try await engine.changeDevice()) }
        case .wait(let duration, let reason):
            report(.waiting(seconds: duration / .seconds(1), because: reason))
            try await environment.sleep(duration)
            return .woke
        case .finish, .stop:
            preconditionFailure("the end is not an action to perform")
        }
    }

    private mutating func readCheckpoint() async throws -> SyncMachine.Input {
        try await request { engine in
            let random = engine.environment.random
            return .checkpoint(note: try await engine.requests.readCheckpoint(over: engine.transport, random: random))
        }
    }

    /// Runs a request, and turns what can go wrong with it into an input.
    mutating func request(
        _ body: (inout SyncEngine) async throws -> SyncMachine.Input
    ) async throws -> SyncMachine.Input {
        try Task.checkCancellation()
        do {
            return try await body(&self)
        } catch {
            guard let failure = LogClientError(ending: error) else { throw error }
            return .failed(failure, staged: receiver.extent, jitter: environment.draw())
        }
    }

    /// Remembers how far the server is, what time it has, and when the replica last had all of it.
    func note(_ checkpoint: SignedCheckpoint?, isComplete: Bool) throws {
        var facts: [String: String?] = [:]
        if let checkpoint { facts[ReplicaFact.knownSize] = checkpoint.checkpoint.size.description }
        // Where nothing was signed, nobody knows who has answered.
        if checkpoint != nil, let reading = transport.reading {
            facts.updateValue(reading.fact, forKey: ReplicaFact.clockReading)
        }
        if isComplete { facts[ReplicaFact.lastSync] = environment.now().description }
        if let signaturesChecked { facts[ReplicaFact.signaturesChecked] = signaturesChecked.description }
        if let overtakenChecked { facts[ReplicaFact.overtakenChecked] = overtakenChecked.description }
        for edit in overtaken.gone { facts.updateValue(nil, forKey: edit.factName) }
        for edit in overtaken.found { facts.updateValue(edit.factValue, forKey: edit.factName) }
        for bad in badSignatures {
            facts[ReplicaFact.badSignature + bad.position.description] = "\(bad.device) \(bad.fault)"
        }
        try store.setReplicaFacts(facts)
    }

    /// Looks at the signatures that came since the last time; where that fails, the next sync does it.
    mutating func checkSignatures() {
        guard let size = try? store.head().size, (try? stateFile.size()) == size else { return }
        let checked = (try? store.replicaFacts())?[ReplicaFact.signaturesChecked].flatMap { Int($0) } ?? 0
        let received = ReceivedSignatures(store: store, stateFile: stateFile)
        guard let findings = try? received.findings(from: LogSize(checked)) else { return }
        badSignatures = findings
        signaturesChecked = size
    }

    /// Looks for own events that have no effect; where that fails, the next sync does it.
    mutating func lookForOvertaken() {
        guard let size = try? store.head().size, (try? stateFile.size()) == size else { return }
        guard let facts = try? store.replicaFacts() else { return }
        let own = OwnDevices(facts)
        // A laptop that has recorded nothing has nothing that could have been overtaken.
        if !own.former.isEmpty || (try? store.outbox.nextCounter()) != Counter(1) {
            let checked = LogSize(facts[ReplicaFact.overtakenChecked].flatMap { Int($0) } ?? 0)
            let edits = OvertakenEdits(store: store, stateFile: stateFile, own: own)
            let known = OvertakenEdits.Finding.all(in: facts)
            guard let found = try? edits.changes(from: checked, known: known) else { return }
            overtaken = found
        }
        overtakenChecked = size
    }

    /// The log as verified before.
    static func verifiedExtent(of store: SQLiteLogStore) throws -> SyncMachine.Extent {
        let head = try store.head()
        let root = head.checkpoint?.checkpoint.root ?? Merkle.emptyRoot
        return SyncMachine.Extent(size: head.size, root: root)
    }
}
