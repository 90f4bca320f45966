package import AgendaModel

/// What a witness does with a checkpoint that it is shown: signs it only if it extends everything that it signed
/// before.
///
/// Pure; whoever holds what was seen must let nobody else decide meanwhile, and keep what this says to keep before the
/// cosignature leaves. Statuses as in C2SP tlog-witness.
package enum WitnessRule {
    /// The answer to a submission.
    package enum Decision: Hashable, Sendable {
        /// Keep this checkpoint, then cosign it. The one that is kept is the same when nothing is new.
        case cosign(SignedCheckpoint)
        /// It has seen more, or less, than the submission begins from.
        case conflict(seen: LogSize)
        /// Another root was signed at the same size. Nothing else has to be shown.
        case fork(SignedCheckpoint)
        case refuse(Reason, String)

        package enum Reason: Int, Hashable, Sendable {
            case badRequest = 400
            case forbidden = 403
            case unprocessable = 422
        }
    }

    /// - Parameters:
    ///   - submission: what came.
    ///   - log: the key of the log that it is about.
    ///   - seen: the greatest checkpoint of that log that was cosigned.
    /// - Returns: what is to be done; nothing has been.
    package static func decide(
        on submission: AddCheckpoint,
        of log: VerifierKey,
        seen: Checkpoint?
    ) -> Decision {
        do throws(LogError) {
            return decide(on: submission, showing: try log.verify(submission.note), seen: seen)
        } catch {
            return error.code == .badSignature
                ? .refuse(.forbidden, error.message) : .refuse(.badRequest, error.message)
        }
    }

    /// The same for a submission whose checkpoint has been verified.
    ///
    /// - Parameters:
    ///   - submission: what came.
    ///   - new: its checkpoint.
    ///   - seen: the greatest checkpoint of that log that was cosigned.
    /// - Returns: what is to be done; nothing has been.
    static func decide(
        on submission: AddCheckpoint,
        showing new: SignedCheckpoint,
        seen: Checkpoint?
    ) -> Decision {
        let size = new.checkpoint.size
        guard submission.old <= size else {
            return .refuse(.badRequest, "the old size is greater than that of the checkpoint")
        }
        let seenSize = seen?.size ?? .zero
        guard submission.old == seenSize else { return .conflict(seen: seenSize) }
        let first = (size: seenSize, root: seen?.root ?? Merkle.emptyRoot)
        if size == seenSize, new.checkpoint.root != first.root { return .fork(new) }
        guard submission.proof.verify(from: first, to: (size: size, root: new.checkpoint.root)) else {
            return .refuse(
                .unprocessable,
                "the proof does not show that the checkpoint extends the one of \(seenSize) entries"
            )
        }
        return .cosign(new)
    }
}

extension VerifierKey {
    /// The origin that a note says it is of, before anything is believed of it.
    package static func origin(of note: String) -> String? {
        guard let parts = try? SignedNote(note) else { return nil }
        return parts.text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
    }
}

/// How many of which witnesses must have cosigned a checkpoint.
package struct WitnessPolicy: Hashable, Sendable {
    package var witnesses: [CosignerKey]
    /// At least so many of them.
    package var quorum: Int

    /// - Throws: `malformed` when more are asked for than there are, or one stands in it twice, by its name or its key.
    package init(witnesses: [CosignerKey], quorum: Int? = nil) throws(LogError) {
        let quorum = quorum ?? witnesses.count
        guard (0...witnesses.count).contains(quorum) else {
            throw LogError(.malformed, "\(quorum) cosignatures cannot be had of \(witnesses.count) witnesses")
        }
        let names = Set(witnesses.map { Array($0.name.utf8) })
        guard names.count == witnesses.count, Set(witnesses.map(\.publicKey)).count == witnesses.count else {
            throw LogError(.malformed, "two of the witnesses have the same name or the same key; each counts once")
        }
        self.witnesses = witnesses
        self.quorum = quorum
    }

    /// Holds a checkpoint against the policy.
    ///
    /// Lines by others are not looked at, and each witness counts once, however many lines of it there are.
    ///
    /// - Parameter note: the checkpoint, verified by the log's key.
    /// - Returns: the witnesses that did, in their order, with the seconds since 1970.
    /// - Throws: `notCosigned` when they are too few, `badSignature` when a cosignature of one of them does not hold,
    ///   however many others do.
    package func check(_ note: String) throws(LogError) -> [(witness: CosignerKey, seconds: Int)] {
        var found: [(witness: CosignerKey, seconds: Int)] = []
        for witness in witnesses {
            if let seconds = try witness.cosigned(note) { found.append((witness, seconds)) }
        }
        guard found.count >= quorum else {
            throw LogError(
                .notCosigned,
                "the checkpoint has cosignatures by \(found.count) of the \(witnesses.count) witnesses, and \(quorum) "
                    + "are asked for"
            )
        }
        return found
    }
}
