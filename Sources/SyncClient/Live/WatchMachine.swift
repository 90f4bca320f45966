internal import AgendaModel
internal import EventLog

/// What a watch does next, decided without doing anything.
///
///     sync -> open a live stream -> listen -> what it brought, or what was recorded here, to a sync -> listen ...
///       ^        (or a pull that waits, where streams are held back)
///       +------- rest, longer each time, after whatever is transient
///
/// Where only sending fails, it listens all the same, and sends again later; see `SendRetry`. Where pulls fail again and again
/// though the server has shown a checkpoint, a sync repeats them in smaller parts, and names what does not come down.
struct WatchMachine {
    enum Input: Hashable {
        /// The sync came to an end, with a verified log of this size.
        case synced(size: LogSize)
        /// The sync brought over what there is, up to this size, but could not send what is pending.
        ///
        /// - Parameter hasSent: whether it had sent some of it before.
        case unsent(ReplicaError, size: LogSize, hasSent: Bool)
        /// A sync or a request failed.
        ///
        /// - Parameter hasProgressed: whether the sync got something done before.
        case failed(ReplicaError, hasProgressed: Bool)
        /// The live stream said its first word.
        case opened
        /// Something came that changes nothing.
        case heard
        /// Entries came, and no checkpoint after them yet: they do not count.
        case heardEntries
        /// Entries came; with a stream, those up to a checkpoint that claims this size.
        case received(size: LogSize?)
        /// The stream's checkpoint is the very one that the replica has.
        case confirmed
        /// The time of a pull that waits was up.
        case answered
        /// What answered is no live stream.
        case notLive
        /// How long the server wants clients to wait that have lost their stream.
        case retry(Duration)
        /// Something new is pending.
        case recorded
        /// Nothing came for as long as was listened.
        case quiet
        /// The server ended the live stream.
        case ended
        case rested
    }

    enum Action: Hashable {
        /// - Parameters:
        ///   - retries: whether the sync repeats what fails; otherwise this machine sees to it.
        ///   - sends: whether to send what is pending.
        case sync(retries: Bool, sends: Bool = true)
        case open(WatchChannel, timeout: Duration)
        case listen(Duration)
        /// - Parameter least: how long even when something is recorded meanwhile.
        case rest(Duration, least: Duration, because: WaitReason)
        case stop(ReplicaError)
    }

    let options: WatchOptions
    /// What is open.
    var channel: WatchChannel?
    /// Whether what comes is noticed.
    var isFollowing = false

    var verified = LogSize.zero
    var hasSynced = false
    var failures = 0
    var lastFailure: ReplicaError.Code?
    /// How many syncs in a row got nothing done because something in between may have held up their pulls.
    var heldUpPulls = 0
    var retry = Duration.zero
    /// When to send again; nil unless the last attempt to send failed where receiving did not.
    var sendRetry: SendRetry?
    /// Whether the sync that was begun last sends.
    var sends = true
    /// Whether it is listened no longer than until it is time to send again.
    var listensUntilSendRetry = false
    /// Since when streams are held back, and how long that is believed.
    var heldBack: (since: Timestamp, for: Duration)?
    var asked = Timestamp(millisecondsSince1970: 0)
    /// Since when the live stream owes a checkpoint: since it began, or since it brought entries.
    var owesCheckpoint: Timestamp?
    /// When it was last seen, by the stream or a sync, what the server has.
    var lastLook = Timestamp(millisecondsSince1970: 0)

    init(options: WatchOptions) { self.options = options }

    /// The first action.
    func begin() -> Action { .sync(retries: true) }

    /// - Parameters:
    ///   - input: what has happened.
    ///   - now: the clock; it may jump.
    ///   - jitter: 0 to 1, drawn at random.
    /// - Returns: the next action.
    mutating func next(_ input: Input, now: Timestamp, jitter: Double) -> Action {
        switch input {
        case .synced(let size):
            received(size, now)
            if sends {
                lastFailure = nil
                sendRetry = nil
            }
            return channel == nil ? open(now) : listen(now)
        case .unsent(let error, let size, let hasSent):
            guard Self.isTransient(error.code) else { return .stop(error) }
            received(size, now)
            lastFailure = error.code
            sendRetry = SendRetry(
                after: error,
                earlier: hasSent ? nil : sendRetry,
                options: options,
                now: now,
                draw: jitter
            )
            return channel == nil ? open(now) : listen(now)
        case .failed(let error, let hasProgressed):
            return failed(error, hasProgressed: hasProgressed, jitter)
        case .opened:
            isFollowing = true
            return listen(now)
        case .heard: return overdue(now, jitter) ?? listen(now)
        case .heardEntries:
            owesCheckpoint = owesCheckpoint ?? now
            return overdue(now, jitter) ?? listen(now)
        case .received(let size):
            failures = 0
            proven(now)
            isFollowing = true
            if channel == .wait { close() }
            // The stream may be behind what a push of this replica has brought.
            if let size, size < verified { return listen(now) }
            return sync(now)
        case .confirmed:
            failures = 0
            proven(now)
            isFollowing = true
            return listen(now)
        case .answered: return answered(now, jitter)
        case .notLive: return holdBack(now, jitter)
        case .retry(let wish):
            retry = min(wish, options.maximumDelay)
            return listen(now)
        case .recorded: return recorded(now)
        case .quiet: return quiet(now, jitter)
        case .ended: return rest(jitter, because: WaitReason("the server has ended the live stream"))
        case .rested: return sync(now)
        }
    }
}

extension WatchMachine {
    /// Whether what comes is sure to be all that there is: a stream has shown a checkpoint after what it brought.
    var isProven: Bool { isFollowing && owesCheckpoint == nil }

    mutating func proven(_ now: Timestamp) {
        owesCheckpoint = nil
        lastLook = now
    }

    /// What to do about a stream that goes on, and does not say what it should; nil while there is time.
    mutating func overdue(_ now: Timestamp, _ jitter: Double) -> Action? {
        guard channel == .events else { return nil }
        if let owesCheckpoint, now.isAfter(options.silence, since: owesCheckpoint) {
            self.owesCheckpoint = nil
            return holdBack(now, jitter)
        }
        return now.isAfter(options.lookAgain, since: lastLook) ? sync(now) : nil
    }

    /// A sync has brought over what there is.
    mutating func received(_ size: LogSize, _ now: Timestamp) {
        verified = size
        lastLook = now
        hasSynced = true
        heldUpPulls = 0
    }

    mutating func sync(_ now: Timestamp) -> Action {
        lastLook = now
        sends = sendRetry?.isDue(now) ?? true
        // What is not let through is told from a bad network by trying again; a network that is gone shows no checkpoint.
        let isHeldUp = heldUpPulls >= SyncMachine.unexplainedFailures || (sends && sendRetry?.isUnexplained == true)
        return .sync(retries: !hasSynced || lastFailure == .tooSlow || isHeldUp, sends: sends)
    }

    /// What is recorded is a reason to send again as soon as the server lets it be.
    mutating func recorded(_ now: Timestamp) -> Action {
        if sendRetry == nil, options.timeToUndo > .zero {
            sendRetry = SendRetry(leavingTimeToUndo: options.timeToUndo, now: now)
        }
        sendRetry?.expedite()
        return channel == nil || sendRetry == nil ? sync(now) : listen(now)
    }

    mutating func close() {
        channel = nil
        isFollowing = false
    }

    mutating func open(_ now: Timestamp) -> Action {
        if let heldBack, !now.isAfter(heldBack.for, since: heldBack.since) {
            asked = now
            channel = .wait
            isFollowing = true
            owesCheckpoint = nil
            return .open(.wait, timeout: untilSendRetry(pollTimeout, now))
        }
        heldBack = nil
        channel = .events
        isFollowing = false
        // A log without entries has none.
        owesCheckpoint = verified > .zero ? now : nil
        return .open(.events, timeout: untilSendRetry(options.opening, now))
    }

    var pollTimeout: Duration { .seconds(options.wait) + .seconds(20) }

    mutating func listen(_ now: Timestamp) -> Action {
        if let sendRetry, sendRetry.isDue(now) { return sync(now) }
        let timeout = channel == .wait ? pollTimeout : isFollowing ? options.silence : options.opening
        return .listen(untilSendRetry(timeout, now))
    }

    mutating func untilSendRetry(_ timeout: Duration, _ now: Timestamp) -> Duration {
        guard let rest = sendRetry?.rest(now), rest < timeout else {
            listensUntilSendRetry = false
            return timeout
        }
        listensUntilSendRetry = true
        return rest
    }

    mutating func holdBack(_ now: Timestamp, _ jitter: Double) -> Action {
        heldBack = (now, options.eventsAgain * (0.75 + jitter / 2))
        return open(now)
    }

    mutating func answered(_ now: Timestamp, _ jitter: Double) -> Action {
        close()
        guard now.isAfter(.seconds(1), since: asked) else {
            return rest(jitter, because: WaitReason("the server does not wait for entries when it is asked to"))
        }
        failures = 0
        return open(now)
    }

    mutating func quiet(_ now: Timestamp, _ jitter: Double) -> Action {
        if listensUntilSendRetry {
            sendRetry?.expire()
            return sync(now)
        }
        switch (channel, isFollowing) {
        case (.events, false): return holdBack(now, jitter)
        case (.events, true):
            close()
            return sync(now)
        default: return rest(jitter, because: WaitReason("the server does not answer"))
        }
    }

}

extension Timestamp {
    /// Whether so much time has passed.
    ///
    /// A clock that went back counts as passed: the worst is one attempt too many.
    func isAfter(_ time: Duration, since: Timestamp) -> Bool {
        let elapsed = millisecondsSince1970 - since.millisecondsSince1970
        return elapsed < 0 || Duration.milliseconds(elapsed) >= time
    }
}
