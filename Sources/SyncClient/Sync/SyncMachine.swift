internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

/// What a sync does next, decided without doing anything: every `Input` gives one `Action`, whose outcome is the next
/// input.
///
///     read the checkpoint -> pull up to it -> verify, install -> push a batch of what is pending
///                              ^                                   |
///                              +--- until nothing new is pending --+
///
/// Nothing is pushed as long as the server shows more than has been verified: it may have been put back from a backup,
/// and others may have written since. What was pushed is seen in the verified log before more is pushed, so that a sync
/// which is interrupted need not send it again.
///
/// Where nothing can be pushed, because the server takes no pushes or does not answer them, what others have written is
/// brought over all the same, and the end says what was wrong.
///
/// When all that is pending is in the log, the outbox goes on with the device's signatures on it (`EntrySigning`). They are
/// sent like everything else, but where only they cannot be sent, that is left to a later sync without a word.
///
/// Once somebody else turns out to count for the same device, nothing is pushed until the replica is another device.
struct SyncMachine {
    /// What the replica has verified when the sync begins.
    struct Local: Hashable {
        var verified: Extent
        /// Log and staging together; equal to `verified` when nothing is staged.
        var staged: Extent
    }

    /// A log's prefix.
    struct Extent: Hashable {
        var size: Int
        var root: Hash
    }

    /// A part of the outbox, in order.
    struct Batch: Hashable {
        var counters: [Int]
        /// Those among them that are signatures of the device: they follow from what people recorded, and are not counted.
        var signatures: Set<Int> = []

        var isOnlySignatures: Bool { signatures.count == counters.count }
    }

    enum Input {
        case checkpoint(note: String)
        /// nil: nothing after the counter that was asked for.
        case outbox(Batch?)
        /// With log and staging together, once the entries that the answer tells of have been put together here.
        case pushed(PushAnswer, staged: Extent? = nil)
        case appliedVerdicts
        /// The answer to a pull ended well. Log and staging together.
        case pulled(Extent)
        case stagingDropped
        /// - Parameter isIdentityShared: whether the log has events of this device that were not recorded here.
        case installed(isIdentityShared: Bool)
        /// Nothing was installed: an entry was erased by one that is in the log only from this size on.
        case erasedBeyond(size: Int)
        case changedDevice(DeviceChange)
        /// - Parameters:
        ///   - staged: log and staging together, with what was received whole before the failure.
        ///   - jitter: 0 to 1, drawn at random.
        case failed(LogClientError, staged: Extent, jitter: Double)
        case woke
    }

    enum Action {
        case readCheckpoint
        case readOutbox(after: Int, events: Int)
        case push(Batch, size: Int)
        /// Writes down what became of pushed events.
        case applyVerdicts(Verdicts)
        case pull(after: Int, limit: Int)
        case dropStaging
        /// Verified: makes the staged entries count, moves own events from the outbox to the log, folds.
        case install(SignedCheckpoint)
        /// Somebody else counts for this device, and all that the log has of it is here: enrols as another one.
        case changeDevice
        case wait(Duration, because: String)
        /// - Parameter unsent: what keeps pending events from being sent; nil when none is pending, or none was to be sent.
        case finish(SyncSummary, unsent: ReplicaError?)
        case stop(ReplicaError)
    }

    let verifier: VerifierKey
    let options: SyncOptions
    let limits: Limits

    var local: Local
    /// The greatest checkpoint that the server has shown; verified.
    var target: SignedCheckpoint?
    var step = Step.checking
    /// The last counter that has had a verdict in this sync.
    var lastAnswered = 0
    /// Events per push; halved when the server finds a push too large, or does not answer in time.
    var batchEvents: Int
    /// The most that the server has not found too large.
    var fittingEvents: Int
    /// How many pushes in a row were answered in time.
    var pushesInTime = 0
    /// Whether a part of the staging comes from an earlier sync.
    var resumesStaging: Bool
    var failures = 0
    /// Whether the device's identity cannot be used any more: nothing is pushed under it.
    var isIdentityShared: Bool
    var deviceChanges = 0
    /// What keeps pending events from being sent: from then on the sync only receives.
    var unsent: ReplicaError?
    /// How often entries turned out to be erased by one beyond the checkpoint, since the last time that something was
    /// installed.
    var erasuresBeyond = 0
    /// Whether signatures could not be sent: they wait for a later sync.
    var leavesSignatures = false
    /// Signatures that the server has taken, and that have not been seen in the verified log yet.
    var ownSignatures = 0
    var summary = SyncSummary()

    /// A device that was just enrolled cannot be shared yet, unless the folder is copied over and over.
    static let maximumDeviceChanges = 3
    /// After so many pushes in a row that were answered in time, more events are tried at once again.
    static let pushesBeforeGrowth = 8
    /// While entries are pulled, others may be erased again and again, but not without end.
    static let maximumErasuresBeyond = 10

    enum Step {
        case checking, collecting, pushing(Batch), pulling, installing, changingDevice
        case stopping(ReplicaError)
    }

    init(
        verifier: VerifierKey,
        local: Local,
        isIdentityShared: Bool = false,
        options: SyncOptions,
        limits: Limits = .standard
    ) {
        self.verifier = verifier
        self.local = local
        self.isIdentityShared = isIdentityShared
        self.options = options
        self.limits = limits
        batchEvents = limits.pushEvents
        fittingEvents = limits.pushEvents
        resumesStaging = local.staged.size > local.verified.size
        summary.size = local.verified.size
    }

    /// The first action.
    func begin() -> Action { .readCheckpoint }

    mutating func next(_ input: Input) -> Action {
        if case .failed = input {} else if case .woke = input {} else { failures = 0 }
        switch (input, step) {
        case (.checkpoint(let note), .checking):
            return see(note) ?? collect()
        case (.outbox(let batch?), .collecting):
            step = .pushing(batch)
            return .push(batch, size: local.verified.size)
        case (.outbox(nil), .collecting):
            return pullOrFinish()
        case (.pushed(let answer, let staged), .pushing(let batch)):
            takeStaged(staged)
            return judge(answer, of: batch)
        case (.appliedVerdicts, .pushing):
            return isIdentityShared ? check() : collect()
        case (.pulled(let staged), .pulling):
            return took(staged)
        case (.stagingDropped, .stopping(let error)):
            return .stop(error)
        case (.stagingDropped, .pulling):
            local.staged = local.verified
            resumesStaging = false
            return pullOrFinish()
        case (.installed(let isIdentityShared), .installing):
            if isIdentityShared { self.isIdentityShared = true }
            return installed()
        case (.erasedBeyond(let size), .installing):
            return catchUp(withErasureAt: size)
        case (.changedDevice(let change), .changingDevice):
            return changed(change)
        case (.failed(let failure, let staged, let jitter), _):
            return failed(failure, staged: staged, jitter: jitter)
        case (.woke, _):
            return again()
        default:
            preconditionFailure("input \(input) does not answer the last action")
        }
    }
}

extension SyncMachine {
    /// Whether the server has shown more than has been verified.
    var isBehind: Bool { target.map { $0.checkpoint.size.rawValue > local.verified.size } ?? true }

    var maySend: Bool { options.sends && unsent == nil && !leavesSignatures }

    mutating func check() -> Action {
        step = .checking
        return .readCheckpoint
    }

    /// What is pending comes when all that the server shows is verified.
    mutating func collect() -> Action {
        if isIdentityShared || isBehind || !maySend { return pullOrFinish() }
        step = .collecting
        return .readOutbox(after: lastAnswered, events: batchEvents)
    }

    /// Takes entries that were not pulled, but put together here: if they do not lead to the checkpoint, they are pulled
    /// after all.
    mutating func takeStaged(_ staged: Extent?) {
        guard let staged, staged != local.staged else { return }
        local.staged = staged
        resumesStaging = true
    }

    mutating func judge(_ answer: PushAnswer, of batch: Batch) -> Action {
        if let stop = see(answer.checkpoint) { return stop }
        guard let verdicts = Verdicts(answer, on: batch.counters), let target,
            answer.size == target.checkpoint.size.rawValue
        else {
            return .stop(
                ReplicaError(
                    .notAnAmbitServer,
                    "the server's answer to a push does not fit what was sent",
                    nextStep: "nothing was lost; sync again, and tell the server's operator if it stays so"
                )
            )
        }
        lastAnswered = batch.counters.last ?? lastAnswered
        if verdicts.isIdentityShared { isIdentityShared = true }
        // What a slow moment made small may grow again; on a line that stays slow each attempt costs a whole timeout.
        pushesInTime += 1
        if pushesInTime >= Self.pushesBeforeGrowth { batchEvents = min(fittingEvents, batchEvents * 2) }
        let placed = verdicts.placed.reduce(0) { $0 + $1.counters.count }
        let signed = verdicts.placed.reduce(0) { $0 + batch.signatures.intersection($1.counters).count }
        summary.accepted += placed - signed
        ownSignatures += signed
        summary.refused += verdicts.refusals.count
        return .applyVerdicts(verdicts)
    }

    mutating func pullOrFinish() -> Action {
        guard let target else { preconditionFailure("no checkpoint was read") }
        let size = target.checkpoint.size.rawValue
        if local.staged.size > size {
            // From a sync that aimed further than what the server shows now.
            step = .pulling
            return .dropStaging
        }
        if local.staged.size < size {
            step = .pulling
            return .pull(after: local.staged.size, limit: min(limits.pullEntries, size - local.staged.size))
        }
        if isBehind { return verify(against: target) }
        return isIdentityShared && maySend ? changeDevice() : .finish(summary, unsent: unsent)
    }

    mutating func changeDevice() -> Action {
        step = .changingDevice
        deviceChanges += 1
        guard deviceChanges <= Self.maximumDeviceChanges else {
            return .stop(
                ReplicaError(
                    .unavailable,
                    "the server says again and again that this laptop's identity is used by somebody else",
                    nextStep: "what is recorded here is kept; tell the agenda's administrator"
                )
            )
        }
        return .changeDevice
    }

    mutating func changed(_ change: DeviceChange) -> Action {
        isIdentityShared = false
        lastAnswered = 0
        summary.deviceChange = DeviceChange(
            former: summary.deviceChange?.former ?? change.former,
            device: change.device,
            moved: change.moved
        )
        return check()
    }

    mutating func took(_ staged: Extent) -> Action {
        guard let target, staged.size >= local.staged.size, staged.size <= target.checkpoint.size.rawValue else {
            preconditionFailure("a pull went beyond what was asked")
        }
        local.staged = staged
        return pullOrFinish()
    }

    mutating func installed() -> Action {
        guard let target else { preconditionFailure("nothing to install") }
        erasuresBeyond = 0
        let grown = target.checkpoint.size.rawValue - local.verified.size
        summary.pulled += max(0, grown - ownSignatures)
        ownSignatures = 0
        summary.size = target.checkpoint.size.rawValue
        let installed = Extent(size: summary.size, root: target.checkpoint.root)
        local = Local(verified: installed, staged: installed)
        resumesStaging = false
        return collect()
    }
}
