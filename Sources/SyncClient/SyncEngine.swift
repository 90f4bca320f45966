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

    let device: String
    let store: SQLiteLogStore
    let stateFile: StateFile
    let transport: any Transport
    let requests: SyncRequests
    let environment: ReplicaEnvironment
    let options: SyncOptions
    let report: @Sendable (SyncProgress) -> Void

    private var receiver: PullReceiver
    /// What the last push sent, for sending it again.
    private var batch: [Outbox.Item] = []
    private var sent = 0
    /// Own events that the server has accepted, beyond the verified log.
    private var placed: [Verdicts.Placed] = []
    private var target: Int?
    /// Why what was received has not been worked into the state; nil when it has.
    private var unfolded: ReplicaError?

    init(
        device: String,
        store: SQLiteLogStore,
        stateFile: StateFile,
        transport: any Transport,
        token: String,
        environment: ReplicaEnvironment,
        options: SyncOptions,
        report: @escaping @Sendable (SyncProgress) -> Void
    ) throws {
        self.device = device
        self.store = store
        self.stateFile = stateFile
        self.transport = transport
        requests = SyncRequests(token: token)
        self.environment = environment
        self.options = options
        self.report = report
        receiver = try PullReceiver(continuing: store, device: device)
    }

    mutating func run() async throws -> SyncSummary {
        // A crash may have left entries that are not folded yet.
        try fold()
        var machine = SyncMachine(
            verifier: store.identity.verifierKey,
            local: SyncMachine.Local(verified: try Self.verifiedExtent(of: store), staged: receiver.extent),
            options: options
        )
        var action = machine.begin()
        while true {
            switch action {
            case .finish(let summary):
                try note(machine.target, isComplete: true)
                if let unfolded { throw unfolded }
                return summary
            case .stop(let error):
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
            return try await request { engine in .checkpoint(note: try await engine.readCheckpoint()) }
        case .readOutbox(let after, let events):
            return .outbox(try readOutbox(after: after, events: events))
        case .push(_, let size):
            report(.pushing(sent: sent, of: try sent + store.outbox.counts().pending))
            return try await request { engine in .pushed(try await engine.push(size: size)) }
        case .settle(let verdicts):
            try settle(verdicts)
            return .settled
        case .pull(let after, let limit):
            report(.pulling(size: after, of: target ?? after + limit))
            return try await request { engine in .pulled(try await engine.pull(after: after, limit: limit)) }
        case .dropStaging:
            try store.discardStaged()
            receiver = try PullReceiver(continuing: store, device: device)
            return .stagingDropped
        case .install(let checkpoint):
            try install(checkpoint)
            return .installed
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
        try store.setReplicaFacts(facts)
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
    static let knownSize = "known-size"
    static let lastSync = "last-sync"
}

// MARK: - Requests

extension SyncEngine {
    private func readCheckpoint() async throws -> String {
        let response = try await transport.send(requests.checkpoint())
        let body = try await response.body(status: 200, type: "text/plain", limit: SyncRequests.greatestCheckpoint)
        guard let note = String(validating: body, as: UTF8.self) else {
            throw SyncFailure.foreign("its checkpoint is not UTF-8")
        }
        return note
    }

    private mutating func readOutbox(after: Int, events: Int) throws -> SyncMachine.Batch? {
        batch = try store.outbox.pending(after: Counter(after), limit: events)
        var bytes = 0
        let fitting = batch.prefix { item in
            bytes += item.event.count + 1
            return bytes <= Self.pushBytes
        }
        batch = Array(fitting)
        return batch.isEmpty ? nil : SyncMachine.Batch(counters: batch.map(\.counter.rawValue))
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
            receiver = try PullReceiver(continuing: store, device: device)
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
    /// Writes down what is certain: refusals, and events that stand in the part of the log that is verified.
    ///
    /// The others stay pending until they have been seen in a verified log: a server may still lose what it has
    /// accepted.
    private mutating func settle(_ verdicts: Verdicts) throws {
        let size = try store.head().size.rawValue
        let events = Dictionary(uniqueKeysWithValues: batch.map { ($0.counter.rawValue, $0.event) })
        var known = try OwnEvents(store: store, receiver: receiver)
        var present: [Run] = []
        for run in verdicts.placed {
            guard run.position < size else {
                placed.append(run)
                continue
            }
            for (offset, counter) in run.counters.enumerated() {
                guard let event = events[counter] else { continue }
                try known.check(event, counter: counter, at: run.position + offset)
            }
            present.append(run.run(of: device))
        }
        try store.outbox.settle(
            accepted: present,
            refused: verdicts.refusals.map { refusal in
                Outbox.Refusal(counter: Counter(refusal.counter), code: refusal.problem, detail: refusal.detail)
            }
        )
        sent += batch.count
    }

    /// The point of commit of a sync: before it nothing that was pulled counts, after it all of it does.
    private mutating func install(_ checkpoint: SignedCheckpoint) throws {
        let size = try store.head().size
        let newSize = checkpoint.checkpoint.size
        try checkPlaced()
        try forgetNoCounter()
        let known = try store.lastCounter(of: device) ?? Counter(0)
        let boundary = newSize.rawValue / Segment.entryCount * Segment.entryCount
        let addition = LogExtension(
            tail: receiver.tail(from: max(size.rawValue, boundary)),
            checkpoint: checkpoint,
            runs: placed.map { $0.run(of: device) }.filter { $0.first > known },
            source: device
        )
        guard case .committed = try store.install(addition, expecting: size) else {
            throw ReplicaError(
                .syncRunning,
                "another process has extended this replica meanwhile",
                nextStep: "sync again"
            )
        }
        placed = []
        report(.applying(size: size.rawValue, of: newSize.rawValue))
        try fold { [report] folded in report(.applying(size: folded.rawValue, of: newSize.rawValue)) }
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

    /// Goes on after the greatest counter that this device has in what was pulled, if the replica has forgotten it.
    private func forgetNoCounter() throws {
        guard let greatest = receiver.own?.greatest, try store.outbox.nextCounter().rawValue <= greatest else { return }
        try store.outbox.raiseNextCounter(to: Counter(greatest + 1))
    }

    /// Checks that own events that the server has accepted stand in what was pulled byte for byte.
    private func checkPlaced() throws {
        var pulled = try OwnEvents(store: store, receiver: receiver)
        for run in placed {
            var next = run.counters.lowerBound
            while next <= run.counters.upperBound {
                let items = try store.outbox.pending(after: Counter(next - 1), limit: 4096)
                guard items.first?.counter.rawValue == next else {
                    throw ReplicaError(.corrupt, "event \(next) is missing from the outbox", nextStep: "sync again")
                }
                for item in items where item.counter.rawValue <= run.counters.upperBound {
                    let counter = item.counter.rawValue
                    try pulled.check(item.event, counter: counter, at: run.position + counter - run.counters.lowerBound)
                    next = counter + 1
                }
            }
        }
    }
}

extension Verdicts.Placed {
    fileprivate func run(of device: String) -> Run {
        Run(
            source: device,
            first: Counter(counters.lowerBound),
            last: Counter(counters.upperBound),
            position: Position(position)
        )
    }
}
