internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
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
    let transport: any Transport
    let environment: ReplicaEnvironment
    let options: SyncOptions
    let report: @Sendable (SyncProgress) -> Void

    private var device: String
    private var requests: SyncRequests
    private var receiver: PullReceiver
    private let isIdentityShared: Bool
    /// What the last push sent, for sending it again.
    private var batch: [Outbox.Item] = []
    private var sent = 0
    /// Own events that the server has accepted, beyond the verified log.
    private var placed: [Verdicts.Placed] = []
    private var target: Int?
    /// Why what was received has not been worked into the state; nil when it has.
    private var unfolded: ReplicaError?
    /// Signatures that were received in this sync and do not hold.
    private var badSignatures: [BadSignature] = []
    /// Up to which size signatures have been looked at.
    private var signaturesChecked: Int?
    /// What came before the sync began, to be taken as if it had been pulled.
    var received: ReceivedEntries?
    /// Whether what is pending is to be sent.
    var sends = true

    init(
        files: ReplicaFolder,
        store: SQLiteLogStore,
        stateFile: StateFile,
        transport: any Transport,
        environment: ReplicaEnvironment,
        options: SyncOptions,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) throws {
        self.files = files
        self.store = store
        self.stateFile = stateFile
        self.transport = transport
        self.environment = environment
        self.options = options
        self.report = report
        let change = try files.pendingChange(of: store)
        requests = SyncRequests(token: try change?.answer.token ?? files.readToken())
        let facts = try store.replicaFacts()
        device = facts[ReplicaFact.device] ?? ""
        isIdentityShared = change != nil || facts[ReplicaFact.sharedIdentity] != nil
        receiver = try PullReceiver(continuing: store)
    }

    /// - Returns: what was done; what kept pending events from being sent, when all else was done.
    mutating func run() async throws -> (summary: SyncSummary, unsent: ReplicaError?) {
        // A crash may have left entries that are not folded yet.
        try fold()
        try takeReceived()
        var machine = SyncMachine(
            verifier: store.identity.verifierKey,
            local: SyncMachine.Local(verified: try Self.verifiedExtent(of: store), staged: receiver.extent),
            isIdentityShared: isIdentityShared,
            sends: sends,
            options: options
        )
        var action = machine.begin()
        while true {
            switch action {
            case .finish(var summary, let unsent):
                checkSignatures()
                summary.badSignatures = badSignatures
                try note(machine.target, isComplete: sends && unsent == nil)
                if let unfolded { throw unfolded }
                return (summary, unsent)
            case .stop(let error):
                checkSignatures()
                try? note(machine.target, isComplete: false)
                throw error
            default:
                target = machine.target?.checkpoint.size.rawValue
                action = machine.next(try await perform(action))
            }
        }
    }

    private mutating func perform(_ action: SyncMachine.Action) async throws -> SyncMachine.Input {
        switch action {
        case .readCheckpoint:
            report(.checking)
            if let note = received?.note {
                received = nil
                return .checkpoint(note: note)
            }
            return try await request { engine in
                .checkpoint(note: try await engine.requests.readCheckpoint(over: engine.transport))
            }
        case .readOutbox(let after, let events):
            return .outbox(try readOutbox(after: after, events: events))
        case .push(let batch, let size):
            if !batch.isOnlySignatures { report(.pushing(sent: sent, of: try sent + store.outbox.counts().pending)) }
            return try await request { engine in
                let answer = try await engine.push(size: size)
                return .pushed(answer, staged: try engine.foresee(answer))
            }
        case .settle(let verdicts):
            try settle(verdicts)
            return .settled
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
            let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
            report(.waiting(seconds: seconds, because: reason))
            try await environment.sleep(duration)
            return .woke
        case .finish, .stop:
            preconditionFailure("the end is not an action to perform")
        }
    }

    /// Runs a request, and turns what can go wrong with it into an input.
    private mutating func request(
        _ body: (inout SyncEngine) async throws -> SyncMachine.Input
    ) async throws -> SyncMachine.Input {
        try Task.checkCancellation()
        do {
            return try await body(&self)
        } catch {
            guard let failure = SyncFailure(error) else { throw error }
            let draw = environment.random(2).reduce(0) { $0 << 8 | Int($1) }
            return .failed(failure, staged: receiver.extent, jitter: Double(draw) / 65_535)
        }
    }

    /// Remembers how far the server is, and when the replica last had all of it.
    private func note(_ checkpoint: SignedCheckpoint?, isComplete: Bool) throws {
        var facts: [String: String?] = [:]
        if let checkpoint { facts[ReplicaFact.knownSize] = String(checkpoint.checkpoint.size.rawValue) }
        if isComplete { facts[ReplicaFact.lastSync] = environment.now().description }
        if let signaturesChecked { facts[ReplicaFact.signaturesChecked] = String(signaturesChecked) }
        for bad in badSignatures {
            facts[ReplicaFact.badSignature + String(bad.position)] = "\(bad.device) \(bad.fault)"
        }
        try store.setReplicaFacts(facts)
    }

    /// Looks at the signatures that came since the last time; where that fails, the next sync does it.
    private mutating func checkSignatures() {
        guard let size = try? store.head().size, (try? stateFile.size()) == size else { return }
        let checked = (try? store.replicaFacts())?[ReplicaFact.signaturesChecked].flatMap { Int($0) } ?? 0
        let received = ReceivedSignatures(store: store, stateFile: stateFile)
        guard let findings = try? received.findings(from: checked) else { return }
        badSignatures = findings
        signaturesChecked = size.rawValue
    }

    /// The log as verified before.
    private static func verifiedExtent(of store: SQLiteLogStore) throws -> SyncMachine.Extent {
        let head = try store.head()
        let root = head.checkpoint?.checkpoint.root ?? Merkle.emptyRoot
        return SyncMachine.Extent(size: head.size.rawValue, root: root)
    }
}

/// The names of what a replica remembers of its syncs.
enum ReplicaFact {
    /// Who the replica is: `device/<id>`.
    static let device = "device"
    /// There when the log has events of this device that were not recorded here.
    static let sharedIdentity = "identity-shared"
    static let knownSize = "known-size"
    static let lastSync = "last-sync"
    static let signaturesChecked = "signatures-checked"
    /// With the position: a signature that does not hold.
    static let badSignature = "bad-signature "
}

// MARK: - Requests

extension SyncEngine {
    private mutating func readOutbox(after: Int, events: Int) throws -> SyncMachine.Batch? {
        batch = try store.outbox.pending(after: Counter(after), limit: events)
        // Everything that was recorded here is in the log, and all of the log is verified.
        if batch.isEmpty, try sign() { batch = try store.outbox.pending(after: Counter(after), limit: events) }
        if !batch.allSatisfy({ $0.isFrom(device) }) {
            // A server takes nothing of a push that holds an event of another device, and so none of those has been sent.
            _ = try store.outbox.move(to: device)
            batch = try store.outbox.pending(after: Counter(after), limit: events)
        }
        var bytes = 0
        let fitting = batch.prefix { item in
            bytes += item.event.count + 1
            return bytes <= Self.pushBytes
        }
        batch = Array(fitting)
        if batch.isEmpty { return nil }
        return SyncMachine.Batch(
            counters: batch.map(\.counter.rawValue),
            signatures: Set(batch.filter(\.isSignature).map(\.counter.rawValue))
        )
    }

    /// Signs own entries; where nothing can be written now, a later sync does it.
    private func sign() throws -> Bool {
        let signing = EntrySigning(files: files, store: store, stateFile: stateFile, environment: environment)
        do {
            return try signing.record(as: device)
        } catch let error as LogError where [.diskFull, .readOnly, .locked].contains(error.code) {
            return false
        }
    }

    private mutating func push(size: Int) async throws -> PushAnswer {
        var lines: [UInt8] = []
        lines.reserveCapacity(batch.reduce(0) { $0 + $1.event.count + 1 })
        for item in batch {
            lines += item.event
            lines.append(Lines.newline)
        }
        let response = try await transport.send(requests.push(lines, size: size))
        let body = try await response.body(
            status: 200,
            type: ProtocolConstants.json,
            limit: SyncRequests.greatestAnswer
        )
        do {
            return try ProtocolJSON.decode(PushAnswer.self, from: body)
        } catch {
            throw SyncFailure.foreign("its answer to a push is not in the form of this protocol")
        }
    }

    private mutating func pull(after: Int, limit: Int) async throws -> SyncMachine.Extent {
        let response = try await transport.send(requests.pull(after: after, limit: limit))
        try await response.check(status: 200, type: ProtocolConstants.members)
        var reader = SegmentMemberReader()
        var ready: [Segment] = []
        do {
            while let piece = try await response.next() {
                let members = try piece.withUnsafeBufferPointer { try reader.receive($0) }
                for member in members {
                    if let segment = try receiver.receive(member, limit: after + limit) { ready.append(segment) }
                }
                guard ready.count >= Self.segmentsPerTransaction else { continue }
                try stage(&ready)
                report(.pulling(size: receiver.size, of: target ?? after + limit))
            }
        } catch {
            // What arrived whole is kept.
            try stage(&ready)
            guard let damage = error as? LogError else { throw error }
            receiver = try PullReceiver(continuing: store)
            throw SyncFailure.damaged(damage.message)
        }
        try stage(&ready)
        guard reader.isAtMemberBoundary else {
            throw SyncFailure.transport(TransportFailure(.cut, "the answer ended in the middle of the entries"))
        }
        guard receiver.size > after else {
            throw SyncFailure.damaged("it holds none of the entries that were asked for")
        }
        report(.pulling(size: receiver.size, of: target ?? after + limit))
        return receiver.extent
    }

    /// Puts what came before the sync behind what is staged; what does not fit there, or is damaged, is pulled.
    private mutating func takeReceived() throws {
        // Another process may have synced this replica since: what is older than its log says nothing of the server.
        if let size = received?.size, try size < store.head().size.rawValue { received = nil }
        guard let received else { return }
        try take(received.lines, from: received.first)
    }

    /// Puts together the entries that the answer to a push tells of, so that they need not be pulled.
    ///
    /// That they are what stands in the log is shown by the checkpoint's root, as for entries that are pulled.
    ///
    /// - Returns: log and staging together.
    private mutating func foresee(_ answer: PushAnswer) throws -> SyncMachine.Extent {
        let events = Dictionary(uniqueKeysWithValues: batch.map { ($0.counter.rawValue, $0.event) })
        guard let placed = Verdicts(answer, on: batch.map(\.counter.rawValue))?.accepted,
            let recorded = Timestamp(answer.recordedtime)
        else { return receiver.extent }
        let suffix = EntrySuffix.bytes(recorded) + [Lines.newline]
        var lines: [UInt8] = []
        var next = receiver.size
        for run in placed {
            // Somebody else's entries stand in between.
            guard run.position == next else { break }
            for counter in run.counters {
                lines += (events[counter] ?? []).dropLast()
                lines += suffix
            }
            next += run.counters.count
        }
        try take(lines, from: receiver.size)
        return receiver.extent
    }

    private mutating func take(_ lines: [UInt8], from first: Int) throws {
        do {
            var segments = try receiver.receive(lines: lines, from: first)
            try stage(&segments)
        } catch is LogError {
            receiver = try PullReceiver(continuing: store)
        }
    }

    private func stage(_ segments: inout [Segment]) throws(ReplicaError) {
        guard !segments.isEmpty else { return }
        do {
            try store.stage(segments)
        } catch {
            throw ReplicaError(wrapping: error, doing: "storing what was pulled")
        }
        segments = []
    }
}

// MARK: - Writes

extension SyncEngine {
    /// Writes down what is certain: refusals.
    ///
    /// What was accepted stays pending until it has been seen in a verified log: a server may still lose it.
    private mutating func settle(_ verdicts: Verdicts) throws {
        let size = try store.head().size.rawValue
        for run in verdicts.placed {
            guard run.position < size else {
                placed.append(run)
                continue
            }
            // Another process may have brought it over since it was pushed; it was compared then.
            let known = try store.run(of: device, containing: Counter(run.counters.lowerBound))
            guard let known, known.has(run) else { throw ReplicaError.alteredEvent(run) }
        }
        try store.outbox.settle(
            accepted: [],
            refused: verdicts.refusals.map { refusal in
                Outbox.Refusal(counter: Counter(refusal.counter), code: refusal.problem, detail: refusal.detail)
            }
        )
        sent += batch.count
    }

    /// The point of commit of a sync: before it nothing that was pulled counts, after it all of it does.
    ///
    /// - Returns: whether somebody else turns out to count for this device; or that an entry was erased by one beyond the
    ///   checkpoint, and nothing was installed.
    private mutating func install(_ checkpoint: SignedCheckpoint) throws -> SyncMachine.Input {
        let size = try store.head().size
        let newSize = checkpoint.checkpoint.size
        let erasures: [Erasure]
        switch try receiver.erasures.verdict(from: size, upTo: newSize, known: { try store.redactedPosition(at: $0) }) {
        case .justified(let justified): erasures = justified
        case .beyond(let needed): return .erasedBeyond(size: needed.rawValue)
        case .unjustified(let position):
            try store.discardStaged()
            throw ReplicaError.unjustifiedErasure(position)
        }
        let own = try ownEntries(beyond: size.rawValue)
        for run in placed {
            guard own.runs.contains(where: { $0.has(run) }) else { throw ReplicaError.alteredEvent(run) }
        }
        let boundary = newSize.rawValue / Segment.entryCount * Segment.entryCount
        let addition = LogExtension(
            tail: receiver.tail(from: max(size.rawValue, boundary)),
            checkpoint: checkpoint,
            runs: own.runs,
            source: device,
            // Until the replica is another device, what is recorded here is not taken for what the other one made.
            nextCounter: own.foreign.map { Counter($0.rawValue + 1) },
            facts: own.foreign == nil ? [:] : [ReplicaFact.sharedIdentity: "yes"],
            erasures: erasures
        )
        guard case .committed = try store.install(addition, expecting: size) else {
            throw ReplicaError(
                .syncRunning,
                "another process has extended this replica meanwhile",
                nextStep: "sync again"
            )
        }
        placed = []
        // All of it counts now; what is in the way is tried again whenever the replica is opened or closed.
        _ = try? store.scrub()
        if !erasures.isEmpty { receiver = try PullReceiver(continuing: store) }
        report(.applying(size: size.rawValue, of: newSize.rawValue))
        try fold { [report] folded in report(.applying(size: folded.rawValue, of: newSize.rawValue)) }
        return .installed(isIdentityShared: own.foreign != nil)
    }

    /// Works what is new into the state.
    ///
    /// That can be done at any later time: where there is no room for it now, sending and receiving go on, and the sync
    /// says so at its end.
    private mutating func fold(_ progress: ((LogSize) -> Void)? = nil) throws {
        do {
            try stateFile.catchUp(with: store, progress: progress)
            unfolded = nil
        } catch let error as ProjectionError where error.code == .diskFull {
            unfolded = ReplicaError(
                .diskFull,
                "everything was sent and received, but there is no room to work it into what is shown: \(error.message)",
                nextStep: "nothing is lost; the next command after that brings it up to date"
            )
        }
    }

    /// What was pulled of this device's own events.
    private func ownEntries(beyond size: Int) throws -> OwnEntries {
        var own = try OwnEntries(of: device, in: store)
        // A laptop that has just been enrolled has recorded nothing: bringing a whole agenda over takes no longer for it.
        if try size == 0 && store.outbox.nextCounter() == Counter(1) { return own }
        try receiver.forEachBlock(beyond: store) { first, entries in
            try own.look(at: entries, from: first, beyond: size)
        }
        return own
    }

    /// Enrols as another device, unless that was done before, and moves what is pending to it.
    private mutating func changeDevice() async throws -> DeviceChange {
        let enrolment: StoredEnrolment
        if let stored = try files.pendingChange(of: store) {
            enrolment = stored
        } else {
            enrolment = try await enrolAgain()
            try files.keep(enrolment)
        }
        let former = device
        let moved = try files.change(to: enrolment, in: store)
        device = enrolment.answer.device
        requests = SyncRequests(token: enrolment.answer.token)
        let change = DeviceChange(former: former, device: device, moved: moved)
        report(.changedDevice(change))
        return change
    }

    private func enrolAgain() async throws -> StoredEnrolment {
        let key = DeviceKey.generate()
        let facts = try store.replicaFacts()
        let document = try stateFile.document(of: device).map { String(decoding: $0, as: UTF8.self) }
        let name = document.flatMap { try? JSONValue(parsing: $0) }?["name"]?.text
        let request = try requests.continuation(
            deviceName: name ?? device,
            key: Base64Text.encode(key.publicKey),
            size: store.head().size.rawValue
        )
        let answer = try await transport.send(request).enrolment()
        let identity = store.identity
        guard answer.origin == identity.origin, answer.verifierKey == identity.verifierKey.description else {
            throw SyncFailure.foreign("it enrols devices of another log")
        }
        return StoredEnrolment(
            url: facts["url"] ?? "",
            answer: answer,
            continues: device,
            key: Base64Text.encode(key.seed)
        )
    }
}

extension Run {
    /// Whether it holds what the server said of own events.
    fileprivate func has(_ placed: Verdicts.Placed) -> Bool {
        first.rawValue <= placed.counters.lowerBound && placed.counters.upperBound <= last.rawValue
            && position.rawValue - first.rawValue == placed.position - placed.counters.lowerBound
    }
}

extension ReplicaError {
    fileprivate static func unjustifiedErasure(_ position: Position) -> ReplicaError {
        ReplicaError(
            .tampered,
            "the server says that the entry at position \(position.rawValue) was erased, and the log has no redaction of it",
            nextStep: "nothing was taken over and nothing is lost; show this to the agenda's administrator"
        )
    }

    fileprivate static func alteredEvent(_ placed: Verdicts.Placed) -> ReplicaError {
        ReplicaError(
            .alteredEvent,
            "the server says that the events \(placed.counters.lowerBound) to \(placed.counters.upperBound) of this laptop "
                + "are the entries from \(placed.position) on, but what stands there is not what was recorded here",
            nextStep: "nothing was taken over and nothing is lost; show this to the agenda's administrator"
        )
    }
}
