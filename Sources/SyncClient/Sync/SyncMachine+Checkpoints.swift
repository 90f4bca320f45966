internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

// What is shown and received is held against the pinned key and what was verified before.
extension SyncMachine {
    /// Takes a checkpoint of the server: nil when all is well with it.
    mutating func see(_ note: String) -> Action? {
        let seen: SignedCheckpoint
        do {
            seen = try verifier.verify(note)
        } catch {
            return .stop(
                ReplicaError(
                    .badCheckpoint,
                    "the server's checkpoint is not signed by the key that this replica was made with: \(error.message)",
                    nextStep: "nothing was taken over; ask the agenda's administrator whether this is the right server"
                )
            )
        }
        let (size, root) = (seen.checkpoint.size, seen.checkpoint.root)
        let greatest = max(local.verified.size, target?.checkpoint.size ?? .zero)
        if size < greatest {
            return .stop(.serverBehind(serverSize: size, verifiedSize: greatest))
        }
        let known = target?.checkpoint.size == size ? target?.checkpoint.root : nil
        if (size == local.verified.size && root != local.verified.root) || (known != nil && known != root) {
            return .stop(
                ReplicaError(
                    .forked,
                    "the server shows another log of \(size) entries than the one that this replica has verified",
                    nextStep:
                        "nothing was changed here and nothing is lost; show this to the agenda's administrator; once the "
                        + "server's log is to stay, \(ReplicaError.rerecording)"
                )
            )
        }
        target = seen
        return nil
    }

    /// Whether a checkpoint of this log is of a smaller one than is known.
    func isOld(_ note: String) -> Bool {
        guard let seen = try? verifier.verify(note) else { return false }
        return seen.checkpoint.size < max(local.verified.size, target?.checkpoint.size ?? .zero)
    }

    mutating func verify(against target: SignedCheckpoint) -> Action {
        if local.staged.root == target.checkpoint.root {
            step = .installing
            return .install(target)
        }
        step = .pulling
        if resumesStaging { return .dropStaging }
        step = .stopping(
            ReplicaError(
                .tampered,
                "the entries that the server sent do not lead to the signed root of its \(target.checkpoint.size) "
                    + "entries: they were altered, or the log's history was rewritten",
                nextStep:
                    "nothing was taken over and nothing is lost; sync again, and if it stays so, show this to the "
                    + "agenda's administrator; once the server's log is to stay, \(ReplicaError.rerecording)"
            )
        )
        return .dropStaging
    }

    /// A redaction was committed after the checkpoint was read: the next one has it.
    mutating func catchUp(withErasureAt size: LogSize) -> Action {
        erasuresBeyond += 1
        guard erasuresBeyond <= Self.maximumErasuresBeyond else {
            step = .stopping(
                ReplicaError(
                    .tampered,
                    "the server says that an entry was erased by entry \(size - 1), and does not show that one",
                    nextStep:
                        "nothing was taken over and nothing is lost; sync again, and if it stays so, show this to the "
                        + "agenda's administrator"
                )
            )
            // The server may have been put back to before that entry: the next sync takes what it has then.
            return .dropStaging
        }
        step = .checking
        // The first time it is there already, or comes within a moment.
        return erasuresBeyond < 3
            ? check() : .wait(options.retries.firstDelay, because: WaitReason("an entry is being erased"))
    }
}
