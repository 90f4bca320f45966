internal import AgendaModel

// What is done beside the commits: taking over what others say and write, sealing, clearing away.
extension LogWriter {
    /// Takes what others say of the log; what fails is reported, and the log is complete no longer in any case.
    ///
    /// - Returns: false when something failed.
    @discardableResult
    func take(_ evidence: LogEvidence) -> Bool {
        do {
            if case .remembered(let end) = evidence {
                logGuard.remember(end)
                isCurrent = false
            }
            try takeOver()
            switch evidence {
            case .checkpoint(let checkpoint, let isByMember):
                try logGuard.take(checkpoint, isByMember: isByMember, at: tip)
            case .witnessed(let size, let witness): try logGuard.take(witnessed: size, by: witness, at: tip)
            case .remembered: break
            case .confirmed(let checkpoint): logGuard.take(confirmed: checkpoint, at: tip)
            }
            try show()
            return true
        } catch {
            report(UpkeepFailure(.noting, error))
            return false
        }
    }

    /// Has what was noted as shown last through a power cut; what fails is reported.
    ///
    /// Touches nothing of the writer's: any queue may call it.
    ///
    /// - Returns: false when it is still to be done.
    func syncSeen() -> Bool {
        do {
            try seen.sync()
            return true
        } catch {
            report(UpkeepFailure(.noting, error))
            return false
        }
    }

    /// Whether something noted is to be synced, and nobody is about to: then the caller is.
    func beginsSyncing() -> Bool {
        guard logGuard.isSyncDue, !isSyncing else { return false }
        isSyncing = true
        logGuard.isSyncDue = false
        return true
    }

    func endSyncing(_ isSynced: Bool) {
        isSyncing = false
        if !isSynced { logGuard.isSyncDue = true }
    }

    private func takeOver() throws {
        // Somebody may have given up what a log lacks.
        if !standing.takesEntries { isCurrent = false }
        if isCurrent, try store.head().size != tip.head.size || store.accessVersion() != tip.access.version {
            isCurrent = false
        }
        try reloadIfNeeded()
    }

    /// Takes over what another process has added to the log; what fails is reported, and tried again at the next use of
    /// the log.
    func refresh() {
        do {
            try takeOver()
            try show()
        } catch {
            report(UpkeepFailure(.refreshing, error))
        }
    }

    /// Seals the segments that are whole; what fails is reported, and tried again after the next commit.
    func seal() {
        guard isCurrent else { return }
        let sealed = sealer.seal(upTo: tip.head)
        tip.head.sealedSegments = sealed.count
        if shown.head.size == tip.head.size { shown = tip }
        if let error = sealed.failure { report(UpkeepFailure(.sealing, error)) }
    }

    /// Clears away what was erased; what fails is reported.
    ///
    /// - Returns: false when it is still to be done, because it failed or a reader is in the way.
    func scrub() -> Bool {
        do {
            return try store.scrub()
        } catch {
            report(UpkeepFailure(.scrubbing, error))
            return false
        }
    }
}
