internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import LogClient
internal import SyncProtocol
internal import Synchronization

/// Does what the state machine of a watch decides, and tells it what came of it.
struct WatchDriver {
    private let replica: Replica
    private let transport: any Transport
    private let options: WatchOptions
    private let report: @Sendable (WatchProgress) -> Void

    private var machine: WatchMachine
    private let signals: AsyncStream<WatchSignal>.Continuation
    private var heard: AsyncStream<WatchSignal>.AsyncIterator
    private let recorded: RecordedFlag

    private var connection: WatchConnection?
    private var connections = 0
    private var parser = EventStreamParser()
    private var collector = LiveCollector(after: .zero)
    /// What the stream has said and the machine has not been told.
    private var items: ArraySlice<EventStreamParser.Item> = []
    private var isReading = false
    /// The counter that came next when the last sync began that was to send: what is recorded later has another one.
    private var nextCounter: Counter?
    /// What the next sync begins with.
    private var received: ReceivedEntries?
    private var alarm: Task<Void, Never>?
    private var alarms = 0
    /// Rings when entries are due to be signed.
    private var signing: Task<Void, Never>?
    /// Whether the last sync has left entries to be signed at this time.
    private var signingDue: Timestamp?
    private var hasFinished = false
    private var reported: WatchProgress?

    init(
        _ replica: Replica,
        over transport: any Transport,
        options: WatchOptions,
        report: @escaping @Sendable (WatchProgress) -> Void
    ) {
        self.replica = replica
        self.transport = transport
        self.options = options
        self.report = report
        machine = WatchMachine(options: options)
        let (stream, signals) = AsyncStream<WatchSignal>.makeStream()
        self.signals = signals
        heard = stream.makeAsyncIterator()
        recorded = RecordedFlag(signals)
    }

    /// Watches until something happens that a person has to look at, or the task is cancelled.
    mutating func run() async throws -> Never {
        let store = replica.store
        let observation = store.observeOutbox { [recorded] in recorded.raise() }
        let others = Task { [recorded, replica, options] in
            var known = try? store.dataVersion()
            while true {
                try await replica.environment.sleep(options.outboxInterval)
                let version = try? store.dataVersion()
                if version != known { recorded.raise() }
                known = version
            }
        }
        defer {
            withExtendedLifetime(observation) {}
            others.cancel()
            alarm?.cancel()
            signing?.cancel()
            connection = nil
        }
        var action = machine.begin()
        while true {
            try Task.checkCancellation()
            if case .stop(let error) = action { throw error }
            let input = try await outcome(of: action)
            action = machine.next(input, now: replica.environment.now(), jitter: replica.environment.draw())
            if machine.channel == nil { connection = nil }
            if case .unsent = input, let retry = machine.sendRetry {
                reportOnce(.waiting(seconds: retry.delay / .seconds(1), because: retry.reason))
            }
        }
    }

    /// Performs an action; what is transient on this side too, such as a full disk, is a failure to be waited for.
    private mutating func outcome(of action: WatchMachine.Action) async throws -> WatchMachine.Input {
        do {
            return try await perform(action)
        } catch {
            let failure = ReplicaError(wrapping: error, doing: "the watch")
            guard WatchMachine.isTransient(failure.code) else { throw failure }
            return .failed(failure, hasProgressed: false)
        }
    }

    private mutating func perform(_ action: WatchMachine.Action) async throws -> WatchMachine.Input {
        switch action {
        case .sync(let retries, let sends): return try await sync(retries: retries, sends: sends)
        case .open(let channel, let timeout):
            try open(channel)
            return try await listen(timeout)
        case .listen(let timeout): return try await listen(timeout)
        case .rest(let duration, let least, let reason):
            reportOnce(.waiting(seconds: duration / .seconds(1), because: reason))
            try await replica.environment.sleep(least)
            return try await rest(duration - least)
        case .stop: preconditionFailure("the end is not an action to perform")
        }
    }

    /// Reports a state, once.
    private mutating func reportOnce(_ progress: WatchProgress) {
        guard progress != reported else { return }
        reported = progress
        report(progress)
    }
}

// MARK: - Syncing

extension WatchDriver {
    private mutating func sync(retries: Bool, sends: Bool) async throws -> WatchMachine.Input {
        var options = options.sync
        if !retries { options.retries = .none }
        options.sends = sends
        if sends { nextCounter = try replica.store.outbox.nextCounter() }
        let before = try progress()
        do {
            let (summary, unsent) = try await replica.synchronize(
                over: transport,
                options: options,
                beginningWith: received
            ) { [report] in report(.syncing($0)) }
            received = nil
            let answered = summary.accepted + summary.refused + summary.notLetThrough.count
            if !hasFinished || answered + summary.pulled > 0 { report(.finished(summary)) }
            hasFinished = true
            awaitSigning()
            if let unsent {
                return .unsent(unsent, size: summary.size, hasSent: answered > 0)
            }
            return .synced(size: summary.size)
        } catch {
            let error = ReplicaError(wrapping: error, doing: "the sync")
            if error.code == .cancelled { throw error }
            if error.code != .syncRunning { received = nil }
            return .failed(error, hasProgressed: try progress() != before)
        }
    }

    /// Has another sync begin when entries are due to be signed; where the last one could not sign what is due, after a while.
    private mutating func awaitSigning() {
        signing?.cancel()
        let now = replica.environment.now()
        guard let due = try? replica.signingDue() else {
            signingDue = nil
            return
        }
        let wait = max(due.millisecondsSince1970 - now.millisecondsSince1970, Self.signingPause)
        signingDue = Timestamp(millisecondsSince1970: now.millisecondsSince1970 + wait)
        signing = Task { [recorded, environment = replica.environment] in
            guard (try? await environment.sleep(.milliseconds(wait))) != nil else { return }
            recorded.raise()
        }
    }

    /// The least time between two syncs that begin for signatures alone, in milliseconds.
    private static let signingPause = 60 * 1000

    /// Grows or shrinks with whatever a sync gets done.
    private func progress() throws -> [Int] {
        let store = replica.store
        let pending = try store.outbox.pendingEstimate()
        return [try store.head().size.rawValue, try store.stagedSegments().upperBound, pending]
    }
}

// MARK: - Listening

extension WatchDriver {
    private mutating func open(_ channel: WatchChannel) throws {
        let requests = SyncRequests(token: try replica.files.readToken())
        let size = try replica.store.head().size
        connections += 1
        parser = EventStreamParser()
        collector = LiveCollector(after: size)
        items = []
        isReading = true
        connection = WatchConnection(
            connections,
            channel,
            request: channel == .events
                ? requests.follow(after: size) : requests.await(after: size, seconds: options.wait),
            over: transport,
            to: signals
        )
    }

    /// What comes next, or `quiet` when nothing does for so long.
    private mutating func listen(_ timeout: Duration) async throws -> WatchMachine.Input {
        if machine.isProven, let channel = machine.channel { reportOnce(.following(channel)) }
        if let input = try nextItem() { return input }
        if !isReading {
            isReading = true
            connection?.readNext()
        }
        setAlarm(timeout)
        while let signal = await heard.next(isolation: #isolation) {
            if let input = try input(of: signal) { return input }
        }
        throw CancellationError()
    }

    /// Waits until the time is up, or something is recorded; nothing is open meanwhile.
    private mutating func rest(_ duration: Duration) async throws -> WatchMachine.Input {
        guard duration > .zero else { return .rested }
        setAlarm(duration)
        while let signal = await heard.next(isolation: #isolation) {
            switch signal {
            case .alarm(alarms): return .rested
            case .recorded:
                recorded.lower()
                if try hasRecorded() { return .recorded }
            case .alarm, .piece, .polled, .ended, .failed: continue
            }
        }
        throw CancellationError()
    }

    /// Sets the alarm in place of the one before.
    private mutating func setAlarm(_ duration: Duration) {
        alarm?.cancel()
        alarms += 1
        alarm = Task { [signals, alarms, environment = replica.environment] in
            guard (try? await environment.sleep(duration)) != nil else { return }
            signals.yield(.alarm(alarms))
        }
    }

    /// - Returns: nil for what does not matter any more.
    private mutating func input(of signal: WatchSignal) throws -> WatchMachine.Input? {
        switch signal {
        case .recorded:
            recorded.lower()
            return try hasRecorded() ? .recorded : nil
        case .alarm(alarms): return .quiet
        case .piece(connections, let bytes):
            isReading = false
            do {
                items = try parser.receive(bytes)[...]
                return try nextItem() ?? (collector.isUnproven ? .heardEntries : .heard)
            } catch let failure as LogClientError {
                return .failed(ReplicaError(failure), hasProgressed: false)
            }
        case .polled(connections, let entries):
            received = entries
            return entries == nil ? .answered : .received(size: nil)
        case .ended(connections): return .ended
        case .failed(connections, let failure): return failed(failure)
        case .alarm, .piece, .polled, .ended, .failed: return nil
        }
    }

    /// Whether something is pending that the last attempt to send did not find, or is due to be signed.
    private func hasRecorded() throws -> Bool {
        if let signingDue, signingDue <= replica.environment.now() { return true }
        let outbox = replica.store.outbox
        return try outbox.nextCounter() != nextCounter && !outbox.pending(after: Counter(0), limit: 1).isEmpty
    }

    private func failed(_ failure: LogClientError) -> WatchMachine.Input {
        if machine.channel == .events, !machine.isFollowing, failure.isOtherMedia { return .notLive }
        var error = ReplicaError(failure, verifiedSize: try? replica.store.head().size)
        error.isHeldUpPull = failure.isRefusedInBetween
        return .failed(error, hasProgressed: false)
    }

    /// What the next of the items that have come means; nil when all have been told.
    private mutating func nextItem() throws -> WatchMachine.Input? {
        while let item = items.popFirst() {
            switch item {
            case .retry(let milliseconds): return .retry(.milliseconds(milliseconds))
            case .comment where !machine.isFollowing: return .opened
            case .comment: continue
            case .event(let event):
                do {
                    guard let entries = try collector.receive(event) else { continue }
                    if try replica.store.head().checkpoint?.note == entries.note { return .confirmed }
                    received = entries
                    return .received(size: entries.size)
                } catch let failure as LogClientError {
                    return .failed(ReplicaError(failure), hasProgressed: false)
                }
            }
        }
        return nil
    }
}

/// Says that something may be pending, once until it has been looked at.
private final class RecordedFlag: Sendable {
    private let isRaised = Mutex(false)
    private let signals: AsyncStream<WatchSignal>.Continuation

    init(_ signals: AsyncStream<WatchSignal>.Continuation) { self.signals = signals }

    func raise() {
        let isNew = isRaised.withLock { isRaised in
            defer { isRaised = true }
            return !isRaised
        }
        if isNew { signals.yield(.recorded) }
    }

    func lower() { isRaised.withLock { $0 = false } }
}
