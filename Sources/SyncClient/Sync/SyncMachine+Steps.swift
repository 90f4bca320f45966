internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

// From one step to the next, as long as all goes well.
extension SyncMachine {
    /// Whether the server has shown more than has been verified.
    var isBehind: Bool { target.map { $0.checkpoint.size > local.verified.size } ?? true }

    var maySend: Bool { options.sends && unsent == nil && !leavesSignatures }

    mutating func check() -> Action {
        step = .checking
        return mistrustsCaches ? .readFreshCheckpoint : .readCheckpoint
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
            LogSize(answer.size) == target.checkpoint.size
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
        let size = target.checkpoint.size
        if local.staged.size > size {
            // From a sync that aimed further than what the server shows now.
            step = .pulling
            return .dropStaging
        }
        if local.staged.size < size {
            step = .pulling
            return .pull(after: local.staged.size, limit: min(pullEntries, size - local.staged.size))
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
        lastAnswered = .zero
        summary.deviceChange = DeviceChange(
            former: summary.deviceChange?.former ?? change.former,
            device: change.device,
            moved: change.moved
        )
        return check()
    }

    mutating func took(_ staged: Extent) -> Action {
        guard let target, staged.size >= local.staged.size, staged.size <= target.checkpoint.size else {
            preconditionFailure("a pull went beyond what was asked")
        }
        local.staged = staged
        pullEntries = min(limits.pullEntries, pullEntries * 2)
        return pullOrFinish()
    }

    mutating func installed() -> Action {
        guard let target else { preconditionFailure("nothing to install") }
        erasuresBeyond = 0
        let grown = target.checkpoint.size - local.verified.size
        summary.pulled += max(0, grown - ownSignatures)
        ownSignatures = 0
        summary.size = target.checkpoint.size
        let installed = Extent(size: summary.size, root: target.checkpoint.root)
        local = Local(verified: installed, staged: installed)
        resumesStaging = false
        return collect()
    }
}
