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
/// Nothing is pushed as long as the server shows more than has been verified. It may have been put back from a backup,
/// and others may have written since. What was pushed is seen in the verified log before more is pushed, so that a sync
/// which is interrupted need not send it again.
///
/// Where the server takes no pushes or does not answer them, nothing can be pushed. What others have written is brought
/// over all the same, and the end says what was wrong.
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
        var size: LogSize
        var root: Hash
    }

    /// A part of the outbox, in order.
    struct Batch: Hashable {
        var counters: [Counter]
        /// Those among them that are signatures of the device: they follow from what people recorded, and are not counted.
        var signatures: Set<Counter> = []

        var isOnlySignatures: Bool { signatures.count == counters.count }
    }

    enum Input {
        case checkpoint(note: String)
        /// nil: nothing after the counter that was asked for.
        case outbox(Batch?)
        /// With log and staging together, once the entries that the answer tells of have been put together here.
        case pushed(PushAnswer, staged: Extent? = nil)
        case probed(PushAnswer)
        case appliedVerdicts
        /// The answer to a pull ended well. Log and staging together.
        case pulled(Extent)
        case stagingDropped
        /// - Parameter isIdentityShared: whether the log has events of this device that were not recorded here.
        case installed(isIdentityShared: Bool)
        /// Nothing was installed: an entry was erased by one that is in the log only from this size on.
        case erasedBeyond(size: LogSize)
        case changedDevice(DeviceChange)
        /// - Parameters:
        ///   - staged: log and staging together, with what was received whole before the failure.
        ///   - jitter: 0 to 1, drawn at random.
        case failed(LogClientError, staged: Extent, jitter: Double)
        case woke
    }

    enum Action {
        /// A live stream may have brought it.
        case readCheckpoint
        /// Whatever a live stream has brought, the server is asked.
        case readFreshCheckpoint
        case readOutbox(after: Counter, events: Int)
        case push(Batch, size: LogSize)
        /// Pushes nothing, to see whether a push goes through at all.
        case probe(size: LogSize)
        /// Writes down what became of pushed events.
        case applyVerdicts(Verdicts)
        case pull(after: LogSize, limit: Int)
        case dropStaging
        /// Verified: makes the staged entries count, moves own events from the outbox to the log, folds.
        case install(SignedCheckpoint)
        /// Somebody else counts for this device, and all that the log has of it is here: enrols as another one.
        case changeDevice
        case wait(Duration, because: WaitReason)
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
    var lastAnswered = Counter.zero
    /// Events per push; halved when the server finds a push too large, or does not answer in time.
    var batchEvents: Int
    /// The most that the server has not found too large.
    var fittingEvents: Int
    /// An event that did not get through alone, where a push of nothing did.
    var suspect: Suspect?
    /// How many pushes in a row were answered in time.
    var pushesInTime = 0
    /// Whether a part of the staging comes from an earlier sync.
    var resumesStaging: Bool
    var failures = RetryPolicy.Failures()
    /// Whether the device's identity cannot be used any more: nothing is pushed under it.
    var isIdentityShared: Bool
    var deviceChanges = 0
    /// What keeps pending events from being sent: from then on the sync only receives.
    var unsent: ReplicaError?
    /// The most entries that are pulled at once; halved when something in between does not let them through.
    var pullEntries: Int
    /// How often entries turned out to be erased by one beyond the checkpoint, since the last time that something was
    /// installed.
    var erasuresBeyond = 0
    /// Whether a checkpoint came that is older than what is known: from then on none is taken that a live stream has brought.
    var mistrustsCaches = false
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
    /// A failure that may be the network's tells of the event only after so many in a row.
    static let unexplainedFailures = 3
    /// More events than this are not taken one by one out of what something in between refuses.
    static let maximumSetAside = 64

    /// An event that may be what something in between does not let through.
    struct Suspect: Hashable {
        var counter: Counter
        /// The last one of them.
        var failure: LogClientError
        /// How often it did not get through where a push of nothing did.
        var rounds = 1

        /// Whether that is often enough: what is refused is refused again, and a bad network is not so bad for so long.
        var isToBeSetAside: Bool { rounds >= (failure.isUnexplained ? 3 : 2) }
    }

    enum Step {
        case checking, collecting, pushing(Batch), pulling, installing, changingDevice
        /// An event alone did not get through as a whole request, or a push is not allowed.
        case probing(Batch, LogClientError)
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
        pullEntries = limits.pullEntries
        resumesStaging = local.staged.size > local.verified.size
        summary.size = local.verified.size
    }

    /// The first action.
    func begin() -> Action { .readCheckpoint }

    mutating func next(_ input: Input) -> Action {
        switch input {
        // They are no answers.
        case .failed, .woke, .outbox: break
        default: failures = .init()
        }
        switch (input, step) {
        case (.checkpoint(let note), .checking):
            if !mistrustsCaches, isOld(note) {
                mistrustsCaches = true
                return check()
            }
            return see(note) ?? collect()
        case (.outbox(let batch?), .collecting):
            step = .pushing(batch)
            // What arrived all the same is in the log by now, and not pending any more.
            if let suspect, suspect.isToBeSetAside, suspect.counter == batch.counters.first {
                return setAside(suspect)
            }
            return .push(batch, size: local.verified.size)
        case (.outbox(nil), .collecting):
            return pullOrFinish()
        case (.pushed(let answer, let staged), .pushing(let batch)):
            takeStaged(staged)
            return judge(answer, of: batch)
        case (.probed(let answer), .probing(let batch, let refusal)):
            if let stop = see(answer.checkpoint) { return stop }
            // It is what it holds.
            if refusal.notAllowed != nil { return giveUp(refusal) }
            // Once more: what refused it may have been a network's login page, which is gone.
            suspect = batch.counters.first.map { counter in
                let rounds = suspect?.counter == counter ? suspect?.rounds ?? 0 : 0
                return Suspect(counter: counter, failure: refusal, rounds: rounds + 1)
            }
            return collect()
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
