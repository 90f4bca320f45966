package import AgendaModel
internal import Synchronization

/// Where a witness keeps, for each log, the greatest checkpoint that it cosigned, and evidence of what does not go with it.
///
/// Only `Witness` calls it. What keeps something is called once at a time; what is kept may be read meanwhile.
package protocol WitnessMemory: Sendable {
    /// The cosigned note of the log; nil when none was cosigned.
    func note(of origin: String) throws -> String?
    /// Keeps a note in place of the one before, for good when this returns.
    func keep(_ note: String, of origin: String) throws
    /// Keeps evidence beside what is there; what shows the same is kept once, and there is a limit to how much is kept.
    func keep(_ evidence: WitnessEvidence, of origin: String) throws
    /// How many pieces of evidence there are against a log.
    func evidence(against origin: String) throws -> Int
}

/// Cosigns the checkpoints of the logs that it knows: C2SP tlog-witness.
///
/// One decision at a time, kept before the cosignature leaves.
package final class Witness: Sendable {
    /// What becomes of a submission, with the status that C2SP gives it.
    package enum Answer: Hashable, Sendable {
        /// 200: the signature line.
        case cosigned(String)
        /// 404.
        case unknownLog
        /// 409: how much of the log was seen.
        case conflict(LogSize)
        /// 400, 403 or 422.
        case refused(Int, String)
    }

    /// The logs whose checkpoints it cosigns, by origin.
    package let logs: [String: VerifierKey]
    private let key: WitnessKey
    private let memory: any WitnessMemory
    private let now: @Sendable () -> Timestamp
    /// Held while a checkpoint or evidence is kept: nobody else may decide meanwhile.
    private let deciding = Mutex(())
    /// What is kept of each log, by origin, as it was when its signatures were checked.
    private let verified = Mutex<[String: Kept]>([:])

    /// - Throws: `malformed` when two of the logs have one origin.
    package init(
        key: WitnessKey,
        logs: [VerifierKey],
        memory: any WitnessMemory,
        now: @escaping @Sendable () -> Timestamp
    ) throws(LogError) {
        self.logs = Dictionary(logs.map { ($0.name, $0) }) { first, _ in first }
        guard self.logs.count == logs.count else { throw LogError(.malformed, "two of the logs have the same origin") }
        self.key = key
        self.memory = memory
        self.now = now
    }

    /// The key by which its cosignatures are checked.
    package var verifier: CosignerKey { key.verifier }

    /// Decides on the body of an `add-checkpoint`.
    ///
    /// Blocks. The checkpoint that was cosigned last is cosigned again, at most once a minute: until then, its cosignature is
    /// given out again.
    ///
    /// - Throws: what the memory throws: then nothing was cosigned.
    package func answer(to body: [UInt8]) throws -> Answer {
        let submission: AddCheckpoint
        do {
            submission = try AddCheckpoint(body)
        } catch {
            return .refused(400, error.message)
        }
        guard let log = VerifierKey.origin(of: submission.note).flatMap({ logs[$0] }) else { return .unknownLog }
        return try answer(to: submission, of: log)
    }

    /// The same for a submission about a known log.
    package func answer(to submission: AddCheckpoint, of log: VerifierKey) throws -> Answer {
        // Signature and proof are checked before the lock: nobody waits for those of others.
        let seen = try kept(of: log)
        switch WitnessRule.decide(on: submission, of: log, seen: seen?.signed.checkpoint) {
        case .conflict(let size): return .conflict(size)
        case .refuse(let reason, let why): return .refused(reason.rawValue, why)
        case .fork(let shown), .cosign(let shown):
            if let line = seen?.line(on: shown, at: seconds) { return .cosigned(line) }
            return try deciding.withLock { _ in try decide(on: submission, showing: shown, of: log) }
        }
    }

    /// Decides for good on a submission whose checkpoint has been verified, by what is kept now.
    ///
    /// Only under the lock.
    private func decide(
        on submission: AddCheckpoint,
        showing shown: SignedCheckpoint,
        of log: VerifierKey
    ) throws -> Answer {
        let seen = try kept(of: log)
        switch WitnessRule.decide(on: submission, showing: shown, seen: seen?.signed.checkpoint) {
        case .conflict(let size): return .conflict(size)
        case .refuse(let reason, let why): return .refused(reason.rawValue, why)
        case .fork:
            if let seen = seen?.signed {
                let proof = (shown.checkpoint.root, ConsistencyProof(hashes: []))
                let evidence = WitnessEvidence(of: log, seen: seen, shown: shown, proof: proof, at: now())
                try memory.keep(evidence, of: log.name)
            }
            return .refused(422, "another root was seen at this size: the log has been forked")
        case .cosign:
            // Somebody else may have sent the same meanwhile.
            let seconds = seconds
            if let line = seen?.line(on: shown, at: seconds) { return .cosigned(line) }
            let line = try key.cosign(shown, at: seconds)
            let note = try log.alone(on: shown) + line
            try memory.keep(note, of: log.name)
            let signed = SignedCheckpoint(note: note, checkpoint: shown.checkpoint)
            verified.withLock { $0[log.name] = Kept(signed: signed, line: line, seconds: seconds) }
            return .cosigned(line)
        }
    }

    /// Since 1970.
    private var seconds: Int { now().millisecondsSince1970 / 1000 }

    /// Keeps what shows that a log went back on what it had signed.
    ///
    /// - Parameters:
    ///   - log: the log.
    ///   - shown: a checkpoint by the log's key.
    ///   - seen: what was cosigned.
    ///   - proof: for a fork; see `WitnessEvidence`.
    /// - Returns: what was kept.
    /// - Throws: `corrupt` when it shows no such thing, or what the memory throws.
    package func accuse(
        _ log: VerifierKey,
        of shown: SignedCheckpoint,
        after seen: SignedCheckpoint,
        proof: (root: Hash, proof: ConsistencyProof)? = nil
    ) throws -> WitnessEvidence {
        let evidence = WitnessEvidence(of: log, seen: seen, shown: shown, proof: proof, at: now())
        try evidence.check()
        try deciding.withLock { _ in try memory.keep(evidence, of: log.name) }
        return evidence
    }

    /// How many pieces of evidence are kept against a log.
    package func evidence(against log: VerifierKey) throws -> Int { try memory.evidence(against: log.name) }

    /// The greatest checkpoint of a log that was cosigned, with the cosignature; nil when there is none.
    ///
    /// - Throws: `badSignature` when what is kept was not made by this witness and this log, or what the memory throws.
    package func seen(of log: VerifierKey) throws -> SignedCheckpoint? { try kept(of: log)?.signed }

    private func kept(of log: VerifierKey) throws -> Kept? {
        guard let note = try memory.note(of: log.name) else { return nil }
        let known = verified.withLock { $0[log.name] }
        if let known, known.signed.note.utf8.elementsEqual(note.utf8) { return known }
        let reason: String
        do throws(LogError) {
            if let own = try key.verifier.cosignature(on: note) {
                let kept = Kept(signed: try log.verify(note), line: own.line, seconds: own.seconds)
                verified.withLock { $0[log.name] = kept }
                return kept
            }
            reason = "it was not cosigned by this witness"
        } catch {
            reason = error.message
        }
        // Not the log's fault, and nothing that the log says mends it.
        throw LogError(
            .badSignature,
            "what this witness has kept of \(log.name) is damaged (\(reason)); put back what was, or begin another witness"
        )
    }
}

extension Witness {
    /// What is kept of a log.
    fileprivate struct Kept: Sendable {
        var signed: SignedCheckpoint
        /// The witness's own, with its newline.
        var line: String
        /// When it was cosigned, since 1970.
        var seconds: Int

        /// So long a cosignature is as good as one that is made now.
        private static let secondsOfUse = 60

        /// The cosignature, where it is one on this very checkpoint and no older than a minute.
        ///
        /// What it says stays true: at its time, this was the greatest checkpoint that had been seen.
        func line(on shown: SignedCheckpoint, at now: Int) -> String? {
            guard (0..<Self.secondsOfUse).contains(now - seconds), let own = try? SignedNote(signed.note),
                let other = try? SignedNote(shown.note), own.text.utf8.elementsEqual(other.text.utf8)
            else { return nil }
            return line
        }
    }
}

extension VerifierKey {
    /// The note with the signatures of this key alone: others may be any number.
    fileprivate func alone(on checkpoint: SignedCheckpoint) throws(LogError) -> String {
        let parts = try SignedNote(checkpoint.note)
        let own = key.signatures(on: parts).first
        guard let own else { throw LogError(.badSignature, "the checkpoint is not signed by the key of \(name)") }
        return "\(parts.text)\n\(key.line(Array(own.bytes)))"
    }
}
