internal import AgendaModel

/// The end of a log with everything that is needed to append: recomputed from the store and checked against the
/// signed checkpoint.
struct LogTip: Sendable {
    var head: LogHead
    var edge: TreeEdge
    var access: Access
    /// Whether it was read onto an earlier tip, which it therefore goes on from.
    private(set) var continuesEarlier = false

    /// Reads the head and recomputes the right edge from the segments' roots and the tail's leaves.
    ///
    /// Goes on from an earlier tip of the same log, when there is one and the log has not become shorter.
    ///
    /// - Throws: `LogError` with `badSignature` for another key, `corrupt` when leaves and checkpoint disagree, or
    ///   what the store throws.
    init(of store: any LogStore, verifier: VerifierKey, from earlier: LogTip? = nil) throws {
        head = try store.head()
        access = try store.access()
        let size = head.size
        guard LogSize(segments: head.sealedSegments) <= size else {
            throw LogError(.corrupt, "the log says that it has more sealed segments than entries; run 'ambit verify'")
        }
        if let earlier, earlier.edge.size <= size {
            edge = earlier.edge
            try edge.append(upTo: size, of: store)
            if Self.matches(edge, head) {
                continuesEarlier = true
                try Self.check(head, verifier)
                try Self.checkTime(of: head, in: store)
                return
            }
            // The earlier tip itself may be what is wrong: everything again.
        }
        edge = try store.edge(ofSegments: head.sealedSegments)
        try edge.append(upTo: size, of: store)
        try Self.check(head, verifier)
        guard Self.matches(edge, head) else { throw try Self.disagreement(in: store, head) }
        try Self.checkTime(of: head, in: store)
    }

    private static func matches(_ edge: TreeEdge, _ head: LogHead) -> Bool {
        guard let checkpoint = head.checkpoint?.checkpoint else { return edge.size == .zero }
        return checkpoint.size == edge.size && checkpoint.root == edge.root
    }

    /// Checks the signature on the stored checkpoint, and that it is of this size.
    private static func check(_ head: LogHead, _ verifier: VerifierKey) throws {
        guard let stored = head.checkpoint else {
            guard head.size == .zero else {
                throw LogError(
                    .corrupt,
                    "the log has \(head.size) entries and no checkpoint; restore a backup"
                )
            }
            return
        }
        let verified = try verifier.verify(stored.note)
        guard verified.checkpoint == stored.checkpoint, verified.checkpoint.size == head.size else {
            throw LogError(
                .corrupt,
                "the last stored checkpoint is not one of \(head.size) entries; run 'ambit verify'"
            )
        }
    }

    /// Checks that the head's time is that of the last entry: clocks are held against it, and no later entry gets an earlier one.
    private static func checkTime(of head: LogHead, in store: any LogStore) throws {
        guard head.size > .zero else { return }
        let last = head.size.next - 1
        let time = try store.entry(at: last).withUnsafeBufferPointer { EntrySuffix.recordedTime(of: $0) }
        guard time == head.recordedTime else {
            throw LogError(
                .corrupt,
                "the log says that entry \(last) was recorded at another time than the entry itself says: the file was "
                    + "damaged or changed; run 'ambit verify' to see where, and restore the log from a backup or from a laptop"
            )
        }
    }

    /// Says between which checkpoints the entries stopped being what was signed.
    private static func disagreement(in store: any LogStore, _ head: LogHead) throws -> LogError {
        let sealed = LogSize(segments: head.sealedSegments)
        var checkpoints: [Checkpoint] = []
        var size = head.size
        while size > sealed, let stored = try store.checkpoint(atMost: size) {
            guard stored.checkpoint.size > sealed else { break }
            checkpoints.append(stored.checkpoint)
            size = stored.checkpoint.size - 1
        }
        var edge = try store.edge(ofSegments: head.sealedSegments)
        if let stored = try store.checkpoint(atMost: sealed), stored.checkpoint.size == sealed,
            stored.checkpoint.root != edge.root
        {
            return damage("sealed segments 0 to \(head.sealedSegments - 1)", checkpoint: sealed)
        }
        for checkpoint in checkpoints.reversed() {
            let start = edge.size
            let end = checkpoint.size
            try edge.append(upTo: end, of: store)
            if edge.root != checkpoint.root { return damage("entries \(start) to \(end - 1)", checkpoint: end) }
        }
        return damage("entries before \(head.size)", checkpoint: head.size)
    }

    private static func damage(_ place: String, checkpoint size: LogSize) -> LogError {
        LogError(
            .corrupt,
            "the stored \(place) are not what the checkpoint of size \(size) was signed for: the file was damaged or "
                + "changed; run 'ambit verify' to see which, and restore the log from a backup or from a laptop"
        )
    }
}

extension TreeEdge {
    /// Appends the leaves of stored entries, from its own size on.
    fileprivate mutating func append(upTo end: LogSize, of store: any LogStore) throws {
        guard size != end else { return }
        try store.forEachBlock(in: size.positions(upTo: end)) { first, count, entries in
            guard first == size.next else {
                throw LogError(.corrupt, "the entries from \(size) on are missing; restore the log from a backup")
            }
            let found = Merkle.forEachLeaf(of: entries) { leaf, _ in append(leaf: leaf) }
            guard found == count else {
                throw LogError(
                    .corrupt,
                    "the entries from \(first) on should be \(count) lines and are \(found)"
                )
            }
        }
        guard size == end else {
            throw LogError(.corrupt, "the entries from \(size) on are missing; restore the log from a backup")
        }
    }
}
