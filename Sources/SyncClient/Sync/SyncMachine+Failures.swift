internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

extension SyncMachine {
    mutating func failed(_ failure: LogClientError, staged: Extent, jitter: Double) -> Action {
        if case .pulling = step {
            if staged.size > local.staged.size { failures = 0 }
            // It may be less than before: with damaged entries those go too that are in no whole segment.
            local.staged = staged
        }
        if case .pushing(let batch) = step, failure.isTooLarge, batch.counters.count > 1 {
            fittingEvents = max(1, batch.counters.count / 2)
            batchEvents = fittingEvents
            return collect()
        }
        if case .pushing = step, failure.isIdentityReused {
            isIdentityShared = true
            // What stands in the way may be in the log since the last look at it.
            return check()
        }
        // Nobody waits for signatures.
        if case .pushing(let batch) = step, batch.isOnlySignatures { return giveUp(failure) }
        guard unsent == nil,
            let delay = options.retries.delay(after: failure, failures: failures + 1, draw: jitter)
        else { return giveUp(failure) }
        failures += 1
        if case .pushing(let batch) = step, failure.isTimeout {
            batchEvents = max(1, batch.counters.count / 2)
            pushesInTime = 0
        }
        summary.retries += 1
        return .wait(delay, because: error(failure).message)
    }

    /// Ends the sync; where it is only sending that fails, after a last look at what there is to receive.
    mutating func giveUp(_ failure: LogClientError) -> Action {
        let error = error(failure)
        switch step {
        // Nor does anybody stop following because of them. Where the failure is about more, the checkpoint meets it too.
        case .pushing(let batch) where batch.isOnlySignatures:
            leavesSignatures = true
            failures = 0
            return check()
        case .pushing, .changingDevice:
            guard failure.isTransient || failure.takesNoPushes else { return .stop(error) }
            unsent = error
            failures = 0
            return check()
        default:
            // Where receiving fails in the same way as sending did, that came first.
            return .stop(failure.isTransient ? unsent ?? error : error)
        }
    }

    func error(_ failure: LogClientError) -> ReplicaError {
        let error = ReplicaError(failure, verifiedSize: local.verified.size)
        if case .changingDevice = step { return .changingDevice(error) }
        return error
    }

    /// Repeats what failed.
    mutating func again() -> Action {
        switch step {
        case .checking: .readCheckpoint
        // On a slow line fewer events may arrive in time.
        case .pushing(let batch) where batch.counters.count > batchEvents: collect()
        case .pushing(let batch): .push(batch, size: local.verified.size)
        case .pulling: pullOrFinish()
        case .changingDevice: .changeDevice
        case .collecting, .installing, .stopping: preconditionFailure("nothing to repeat")
        }
    }
}
