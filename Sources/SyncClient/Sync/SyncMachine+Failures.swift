internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

extension SyncMachine {
    mutating func failed(_ failure: LogClientError, staged: Extent, jitter: Double) -> Action {
        if case .pulling = step {
            if staged.size > local.staged.size { failures = .init() }
            // It may be less than before: with damaged entries those go too that are in no whole segment.
            local.staged = staged
        }
        if case .pulling = step, failure.isRefusedInBetween {
            guard pullEntries > 1 else { return giveUp(failure) }
            pullFewer()
            return pullOrFinish()
        }
        if case .pushing(let batch) = step, failure.isTooLarge || failure.isRefusedInBetween {
            if batch.counters.count > 1 {
                batchEvents = batch.counters.count / 2
                if failure.isTooLarge { fittingEvents = batchEvents }
                return collect()
            }
            if !isLastOfAll(batch) {
                step = .probing(batch, failure)
                return .probe(size: local.verified.size)
            }
        }
        if case .pushing(let batch) = step, failure.notAllowed != nil, !isLastOfAll(batch) {
            step = .probing(batch, failure)
            return .probe(size: local.verified.size)
        }
        var wasProbe = false
        if case .probing(let batch, let refusal) = step {
            if let problem = refusal.notAllowed, failure.notAllowed != nil { return refuse(batch, because: problem) }
            guard refusal.isUnexplained else {
                // Whatever is sent is refused: it is not this event.
                return giveUp(failure.isRefusedInBetween || failure.isTooLarge ? refusal : failure)
            }
            step = .pushing(batch)
            wasProbe = true
        }
        if case .pushing = step, failure.isIdentityReused {
            isIdentityShared = true
            // What stands in the way may be in the log since the last look at it.
            return check()
        }
        // Nobody waits for signatures.
        if case .pushing(let batch) = step, isLastOfAll(batch) { return giveUp(failure) }
        // What was too much for a slow line, or for something in between, is sent in parts; not where it has been answered, and
        // the answer is slow.
        var (failure, smaller) = (failure, Int?.none)
        if case .pushing(let batch) = step, failure.isUnexplained, !wasProbe {
            if batch.counters.count > 1, failure.isTimeout || isLastFailure(failure) {
                smaller = batch.counters.count / 2
                failure.isRepeatedInParts = true
            } else if batch.counters.count == 1, isLastFailure(failure) {
                step = .probing(batch, failure)
                return .probe(size: local.verified.size)
            }
        }
        if case .pulling = step, failure.isUnexplained, isLastFailure(failure), pullEntries > 1 {
            pullFewer()
            // Each timeout costs a whole deadline, and a network that is gone more than one.
            failure.isRepeatedInParts = !failure.isTimeout
        }
        failures.add(failure)
        guard unsent == nil, let delay = options.retries.delay(after: failure, failures: failures, draw: jitter) else {
            return giveUp(failure)
        }
        if let smaller {
            batchEvents = smaller
            pushesInTime = 0
        }
        summary.retries += 1
        return .wait(delay, because: WaitReason(error(failure)))
    }

    /// Whether a batch holds signatures alone, and nothing that people recorded waits behind it.
    private func isLastOfAll(_ batch: Batch) -> Bool {
        batch.isOnlySignatures && batch.counters.count < batchEvents
    }

    /// Fewer entries may get through, or one of them be found that does not.
    private mutating func pullFewer() {
        guard let target else { return }
        pullEntries = max(1, min(pullEntries, target.checkpoint.size - local.staged.size) / 2)
    }

    /// Whether requests have failed often enough without a word of the server to ask whether it is for what is in them.
    private func isLastFailure(_ failure: LogClientError) -> Bool {
        failures.count + 1 == Self.unexplainedFailures
            || (failure.isTimeout && failures.isLastTimeout(of: options.retries))
    }

    /// Passes over an event that does not get through, and again, where a push of nothing does.
    ///
    /// It would be in the way of all others for ever.
    ///
    /// Its identity is spent with the next push, whose counters are greater, so that it is kept with what was refused.
    mutating func setAside(_ suspect: Suspect) -> Action {
        let (counter, failure) = (suspect.counter, suspect.failure)
        guard summary.notLetThrough.count < Self.maximumSetAside else { return giveUp(failure) }
        lastAnswered = counter
        failures = .init()
        fittingEvents = limits.pushEvents
        let problem = failure.answer?.problem
        if problem == nil { summary.notLetThrough.append(counter.rawValue) } else { summary.refused += 1 }
        return .applyVerdicts(Verdicts(of: counter, problem, status: failure.answer?.status ?? failure.foreignStatus))
    }

    /// Keeps what was to be sent with what was refused, where even a push of nothing is not allowed: the member's role includes
    /// none any more, and it would be in the way for ever.
    private mutating func refuse(_ batch: Batch, because problem: ProblemDetails) -> Action {
        let events = batch.counters.filter { !batch.signatures.contains($0) }
        step = .pushing(batch)
        lastAnswered = batch.counters.last ?? lastAnswered
        failures = .init()
        summary.refused += events.count
        return .applyVerdicts(Verdicts(refusing: events, problem))
    }

    /// Ends the sync; where it is only sending that fails, after a last look at what there is to receive.
    mutating func giveUp(_ failure: LogClientError) -> Action {
        let error = error(failure)
        switch step {
        // Nor does anybody stop following because of them. Where the failure is about more, the checkpoint meets it too.
        case .pushing(let batch) where isLastOfAll(batch):
            leavesSignatures = true
            failures = .init()
            return check()
        case .pushing, .probing, .changingDevice:
            guard failure.isTransient || failure.takesNoPushes || failure.isRefusedInBetween else {
                return .stop(error)
            }
            unsent = error
            failures = .init()
            return check()
        default:
            // Where receiving fails in the same way as sending did, that came first.
            return .stop(failure.isTransient ? unsent ?? error : error)
        }
    }

    func error(_ failure: LogClientError) -> ReplicaError {
        // A pull asks for what the server has shown and signed, and nobody has here yet.
        let shown = max(local.verified.size, target?.checkpoint.size ?? .zero)
        var error = ReplicaError(failure, verifiedSize: shown)
        if case .pulling = step, failure.isRefusedInBetween || failure.isUnexplained {
            // What takes too long may be all of a network that is gone.
            error.isHeldUpPull = !failure.isTimeout
            if pullEntries == 1 { return .notLetThrough(error, at: local.staged.size.next) }
        }
        if case .changingDevice = step { return .changingDevice(error) }
        return error
    }

    /// Repeats what failed.
    mutating func again() -> Action {
        switch step {
        case .checking: check()
        // On a slow line fewer events may arrive in time.
        case .pushing(let batch) where batch.counters.count > batchEvents: collect()
        case .pushing(let batch): .push(batch, size: local.verified.size)
        case .pulling: pullOrFinish()
        case .changingDevice: .changeDevice
        case .probing, .collecting, .installing, .stopping: preconditionFailure("nothing to repeat")
        }
    }
}
