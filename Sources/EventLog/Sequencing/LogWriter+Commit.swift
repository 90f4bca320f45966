internal import AgendaModel

// The point of commit.
extension LogWriter {
    enum CommitOutcome {
        case committed
        case conflict
        /// Certainly not committed.
        case failed(any Error)
        /// The store cannot even say what became of it.
        case unknown
    }

    /// - Throws: what the store throws before it is asked to add anything.
    func commit(_ batch: Batch) throws -> CommitOutcome {
        guard !batch.isEmpty else {
            // Nothing is written that would meet another writer's commits; but duplicates may be among these, beyond
            // the head that would be answered with them.
            guard try store.head().size == tip.head.size else {
                isCurrent = false
                return .conflict
            }
            return .committed
        }
        guard try logGuard.goesOn(at: tip) else {
            isCurrent = false
            return .conflict
        }
        var commit = batch.makeCommit(signedBy: key)
        commit.sealed = try sealer.segments(
            madeWholeBy: commit,
            roots: batch.segmentRoots,
            after: tip.head.sealedSegments
        )
        let (start, size) = (environment.elapsed(), tip.head.size)
        do {
            // The point of commit: what happens before can be thrown away, what happens after is for ever.
            switch try store.append(commit, expecting: tip.head.size) {
            case .committed:
                adopt(batch, commit)
                measure(CommitMeasure(duration: environment.elapsed() - start, entries: tip.head.size - size))
                return .committed
            case .conflict:
                isCurrent = false
                return .conflict
            }
        } catch {
            // Unknown: the store may have written it and failed to say so.
            isCurrent = false
            do {
                try reloadIfNeeded()
                guard try holds(commit) else { return .failed(error) }
            } catch {
                return .unknown
            }
            cache.learn(from: batch)
            return .committed
        }
    }

    private func adopt(_ batch: Batch, _ commit: Commit) {
        sealer.add(commit, roots: batch.segmentRoots)
        // What is kept may be what was erased.
        if !commit.erasures.isEmpty { sealer.forget() }
        cache.learn(from: batch)
        tip = batch.tip(after: commit)
    }

    /// Whether this very commit is in the store.
    private func holds(_ commit: Commit) throws -> Bool {
        if let own = commit.checkpoint {
            return try store.checkpoint(atMost: own.checkpoint.size)?.note == own.note
        }
        for rejection in commit.rejections {
            guard let counter = rejection.counter else { continue }
            return try store.rejection(of: rejection.source, counter: counter) == rejection
        }
        for case .inviteMade(let invite) in commit.access { return try store.invite(hash: invite.hash) != nil }
        return false
    }
}

extension Error {
    /// Whether trying again at once is of no use.
    var isLasting: Bool {
        switch (self as? LogError)?.code {
        case .diskFull, .readOnly, .newerFormat, .corrupt: true
        default: false
        }
    }
}

extension PushError {
    /// What those who push are told when the store fails.
    init(storeFailure error: any Error) {
        switch error {
        case let error as PushError: self = error
        case let error as LogError where error.code == .readOnly:
            self.init(.readOnly, "the log can only be read at the moment; nothing was stored, try again later")
        case let error as LogError where error.code == .diskFull:
            self.init(.storageFull, "the server's disk is full; nothing was stored, try again later")
        case let error as LogError where error.code == .corrupt || error.code == .badSignature:
            self.init(.unavailable, "the log's storage is damaged: \(error.message)")
        default: self = .uncertain
        }
    }

    /// Nobody can say whether it was stored.
    static let uncertain = PushError(
        .unavailable,
        "the log's storage does not answer as it should; push again later: what was stored after all is then reported as "
            + "duplicate"
    )
}
