package import AgendaModel
internal import Synchronization

/// Where a witness keeps, for each log, the greatest checkpoint that it cosigned, and evidence of what does not go with it.
///
/// Only `Witness` calls it, one call at a time.
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
    private let deciding = Mutex(())

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
    /// Blocks. The same submission again is cosigned again.
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
        try deciding.withLock { _ in
            let seen = try seen(of: log)
            switch WitnessRule.decide(on: submission, of: log, seen: seen?.checkpoint) {
            case .conflict(let seen): return .conflict(seen)
            case .refuse(let reason, let why): return .refused(reason.rawValue, why)
            case .fork(let shown):
                if let seen {
                    let proof = (shown.checkpoint.root, ConsistencyProof(hashes: []))
                    let evidence = WitnessEvidence(of: log, seen: seen, shown: shown, proof: proof, at: now())
                    try memory.keep(evidence, of: log.name)
                }
                return .refused(422, "another root was seen at this size: the log has been forked")
            case .cosign(let checkpoint):
                let line = try key.cosign(checkpoint, at: now().millisecondsSince1970 / 1000)
                try memory.keep(try log.alone(on: checkpoint) + line, of: log.name)
                return .cosigned(line)
            }
        }
    }

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
    package func seen(of log: VerifierKey) throws -> SignedCheckpoint? {
        guard let note = try memory.note(of: log.name) else { return nil }
        let reason: String
        do throws(LogError) {
            if try key.verifier.cosigned(note) != nil { return try log.verify(note) }
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

extension VerifierKey {
    /// The note with the signatures of this key alone: others may be any number.
    fileprivate func alone(on checkpoint: SignedCheckpoint) throws(LogError) -> String {
        let parts = try SignedNote(checkpoint.note)
        let own = key.signatures(on: parts).first
        guard let own else { throw LogError(.badSignature, "the checkpoint is not signed by the key of \(name)") }
        return "\(parts.text)\n\(key.line(Array(own.bytes)))"
    }
}
