internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient
internal import Projections
internal import SyncProtocol

extension SyncEngine {
    /// Writes down what is certain: refusals.
    ///
    /// What was accepted stays pending until it has been seen in a verified log: a server may still lose it.
    mutating func apply(_ verdicts: Verdicts) throws {
        let size = try store.head().size
        for run in verdicts.placed {
            guard size.contains(run.position) else {
                placed.append(run)
                continue
            }
            // Another process may have brought it over since it was pushed; it was compared then.
            let known = try store.run(of: EventSource(device), containing: run.counters.lowerBound)
            guard let known, known.has(run) else { throw ReplicaError.alteredEvent(run) }
        }
        try store.outbox.refuse(
            verdicts.refusals.map { refusal in
                Outbox.Refusal(counter: refusal.counter, code: refusal.problem, detail: refusal.detail)
            }
        )
        sent += batch.count
    }

    /// The point of commit of a sync: before it nothing that was pulled counts, after it all of it does.
    ///
    /// - Returns: whether somebody else turns out to count for this device; or that an entry was erased by one beyond the
    ///   checkpoint, and nothing was installed.
    mutating func install(_ checkpoint: SignedCheckpoint) throws -> SyncMachine.Input {
        let size = try store.head().size
        let newSize = checkpoint.checkpoint.size
        if let fault = receiver.fault {
            try store.discardStaged()
            throw ReplicaError.noEntry(fault)
        }
        let erasures: [Erasure]
        switch try receiver.erasures.verdict(from: size, upTo: newSize, known: { try store.redactedPosition(at: $0) }) {
        case .justified(let justified): erasures = justified
        case .beyond(let needed): return .erasedBeyond(size: needed)
        case .unjustified(let position):
            try store.discardStaged()
            throw ReplicaError.unjustifiedErasure(position)
        }
        let own = try detectClonedDevice(beyond: size)
        for run in placed {
            guard own.runs.contains(where: { $0.has(run) }) else { throw ReplicaError.alteredEvent(run) }
        }
        var facts: [String: String?] = [
            ReplicaFact.lastCounters: LastCounters.text(receiver.sequence.countersBySource, at: newSize)
        ]
        if own.foreign != nil { facts[ReplicaFact.sharedIdentity] = "yes" }
        let boundary = LogSize(segments: newSize.wholeSegments)
        let addition = VerifiedPull(
            tail: receiver.tail(beyond: max(size, boundary)),
            checkpoint: checkpoint,
            runs: own.runs,
            source: EventSource(device),
            // Until the replica is another device, what is recorded here is not taken for what the other one made.
            nextCounter: own.foreign?.next,
            facts: facts,
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
        // All of it counts now, whether or not the file can be cleared of what was erased.
        scrub()
        if !erasures.isEmpty { receiver = try PullReceiver(continuing: store) }
        report(.applying(size: size, of: newSize))
        try fold { [report] folded in report(.applying(size: folded, of: newSize)) }
        return .installed(isIdentityShared: own.foreign != nil)
    }

    /// Has nothing of what was erased left in the log's file; does nothing when there is nothing to clear.
    ///
    /// What fails is said at the sync's end, and tried again by the next one, and whenever the replica is opened or closed.
    mutating func scrub() {
        scrubFailures[files.log] = nil
        do {
            _ = try store.scrub()
        } catch {
            scrubFailures[files.log] = .unscrubbed(UpkeepFailure(.scrubbing, error), in: files.log)
        }
    }

    /// Works what is new into the state.
    ///
    /// That can be done at any later time. Where there is no room for it now, sending and receiving go on, and the sync
    /// says so at its end.
    mutating func fold(_ progress: ((LogSize) -> Void)? = nil) throws {
        do {
            scrubFailures[files.state] = nil
            try stateFile.catchUp(
                with: store,
                progress: progress,
                reporting: { scrubFailures[files.state] = .unscrubbed($0, in: files.state) }
            )
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
    func detectClonedDevice(beyond size: LogSize) throws -> ClonedDeviceDetector {
        var own = try ClonedDeviceDetector(of: device, in: store)
        // A laptop that has just been enrolled has recorded nothing: bringing a whole agenda over takes no longer for it.
        if try size == .zero && store.outbox.nextCounter() == Counter(1) { return own }
        try receiver.forEachBlock(beyond: store) { first, entries in
            try own.look(at: entries, from: first, beyond: size)
        }
        return own
    }

    /// Enrols as another device, unless that was done before, and moves what is pending to it.
    mutating func changeDevice() async throws -> DeviceChange {
        let enrolment: StoredEnrolment
        if let stored = try files.pendingChange(of: store) {
            enrolment = stored
        } else {
            enrolment = try await enrolAsContinuation()
            try files.keep(enrolment)
        }
        let former = device
        let moved = try files.change(to: enrolment, in: store)
        device = DeviceID(unchecked: enrolment.answer.device)
        requests = SyncRequests(token: enrolment.answer.token, now: environment.now)
        let change = DeviceChange(former: former, device: device, moved: moved)
        report(.changedDevice(change))
        return change
    }

    func enrolAsContinuation() async throws -> StoredEnrolment {
        let key: DeviceKey
        do {
            key = try files.keyOfNextDevice(random: environment.random)
        } catch {
            throw ReplicaError(wrapping: error, doing: "going on as another device")
        }
        let (facts, identity) = (try store.replicaFacts(), store.identity)
        let document = try stateFile.document(of: device.rawValue).map { try JSONValue(folded: $0) }
        let name = DisplayName.spaced(document?["name"]?.text ?? "")
        let request = try requests.continuation(
            // What was a name once may be none any more.
            deviceName: DisplayName.isValid(name) ? name : device.rawValue,
            key: Base64.encode(key.publicKey),
            proof: Base64.encode(key.sign(Enrolment.proofMessage(continuing: device))),
            verifierKey: identity.verifierKey.description,
            size: store.head().size,
            at: environment.now()
        )
        let answer = try await transport.send(request).enrolment()
        guard answer.origin == identity.origin, answer.verifierKey == identity.verifierKey.description else {
            throw LogClientError.foreign("it enrols devices of another log")
        }
        return StoredEnrolment(
            url: facts["url"] ?? "",
            answer: answer,
            continues: device.rawValue,
            key: Base64.encode(key.seed)
        )
    }
}

extension CounterRun {
    /// Whether it holds what the server said of own events.
    fileprivate func has(_ placed: Verdicts.Placed) -> Bool {
        let counters = placed.counters
        return first <= counters.lowerBound && counters.upperBound <= last
            && position(of: counters.lowerBound) == placed.position
    }
}

extension ReplicaError {
    /// - Parameters:
    ///   - failure: what was reported.
    ///   - file: where something of what was erased may be left.
    /// - Returns: what a sync says of it.
    fileprivate static func unscrubbed(_ failure: UpkeepFailure, in file: String) -> ReplicaError {
        let cause = ReplicaError(wrapping: failure.error, doing: "clearing \(file)")
        return ReplicaError(
            cause.code,
            "what was erased from the log may be left in \(file): \(cause.message)",
            nextStep: "sync again, which tries it again"
        )
    }

    /// The log's own key has signed it; and yet nobody could read it here ever again.
    fileprivate static func noEntry(_ fault: LogDifference) -> ReplicaError {
        ReplicaError(
            .tampered,
            "what the server has signed cannot be read as a log: \(fault)",
            nextStep: "nothing was taken over and nothing is lost; show this to the agenda's administrator"
        )
    }

    fileprivate static func unjustifiedErasure(_ position: Position) -> ReplicaError {
        ReplicaError(
            .tampered,
            "the server says that the entry at position \(position) was erased, and the log has no redaction of it",
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
