package import AgendaModel

/// Two checkpoints that a log signed, and that it cannot stand by both.
///
/// A fork is shown to anybody who has the log's key. A rollback is the word of the witness. That the smaller checkpoint
/// came after the greater one is in neither of them ("Evidence against a log" in Protocol/Log.md).
package struct WitnessEvidence: Hashable, Sendable, Codable {
    /// What the log did.
    package enum Kind: String, Codable, Sendable {
        /// It signed two histories: no log has both checkpoints.
        case fork
        /// It shows less than it had signed, and does not have the rest any more.
        case rollback
    }

    package var kind: Kind
    /// The log's verifier key.
    package var log: String
    /// When it was noticed, by the witness's clock.
    package var noticed: String
    /// The checkpoint that was cosigned, verbatim.
    package var seen: String
    /// The one that the log showed afterwards, verbatim.
    package var shown: String
    /// Of a fork: the root that the log of the greater checkpoint has at the size of the smaller one, in base64.
    package var root: String?
    /// Of a fork: the consistency proof from there to the greater one, in base64.
    package var proof: [String]?

    /// - Parameters:
    ///   - log: by whose key both checkpoints were signed.
    ///   - seen: the one that was cosigned.
    ///   - shown: the one that does not go with it.
    ///   - proof: for a fork, what the history of the greater one was at the smaller one's size; nil for a rollback.
    ///   - time: now.
    package init(
        of log: VerifierKey,
        seen: SignedCheckpoint,
        shown: SignedCheckpoint,
        proof: (root: Hash, proof: ConsistencyProof)? = nil,
        at time: Timestamp
    ) {
        kind = proof == nil ? .rollback : .fork
        self.log = log.description
        noticed = time.description
        self.seen = seen.note
        self.shown = shown.note
        root = proof?.root.base64
        self.proof = proof?.proof.base64
    }

    /// 16 hexadecimal digits, equal for two notices of one checkpoint shown: names their file.
    package var name: String {
        let text = (try? SignedNote(shown)).map { String($0.text) } ?? shown
        return String(Hash.sha256(Array("\(kind.rawValue)\n\(text)".utf8)).description.prefix(16))
    }

    /// What people are told.
    package var words: String {
        switch kind {
        case .fork: "it has signed two histories: what it shows now does not go on from what was cosigned"
        case .rollback: "it shows less than was cosigned, and does not have the rest any more"
        }
    }

    /// Checks what can be checked without the witness.
    ///
    /// Of a fork that is all; of a rollback only that the log signed both, and that the one shown is smaller.
    ///
    /// - Throws: `malformed` when it cannot be read, `badSignature` when a checkpoint is not the log's, `corrupt` when the
    ///   two do not contradict each other.
    package func check() throws(LogError) {
        let key = try VerifierKey(log)
        let seen = try key.verify(seen).checkpoint
        let shown = try key.verify(shown).checkpoint
        switch kind {
        case .rollback:
            guard shown.size < seen.size else { throw LogError(.corrupt, "nothing was taken back") }
        case .fork:
            guard let root = root.flatMap({ Hash(base64: $0) }), let proof else {
                throw LogError(.malformed, "a fork is shown by a root and a proof")
            }
            let (less, more) = seen.size <= shown.size ? (seen, shown) : (shown, seen)
            guard root != less.root,
                try ConsistencyProof(base64: proof).verify(from: (less.size, root), to: (more.size, more.root))
            else { throw LogError(.corrupt, "the two checkpoints may be of one history") }
        }
    }
}
