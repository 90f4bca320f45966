package import AgendaModel

/// A redaction that is further on in a log, with what shows that it is there.
///
/// It is for entries that were erased by it, and are given back before it.
///
/// The edge of the tree in front of it, its own leaf, and the consistency proof from there on lead to a signed root.
package struct RedactionProof: Sendable {
    package var position: Position
    /// Its bytes, without a newline.
    package var entry: [UInt8]
    /// The roots of the full subtrees in front of it.
    package var edge: [Hash]
    /// From the tree that ends with it to the checkpoint's.
    package var proof: ConsistencyProof

    package init(position: Position, entry: [UInt8], edge: [Hash], proof: ConsistencyProof) {
        self.position = position
        self.entry = entry
        self.edge = edge
        self.proof = proof
    }

    /// Takes it from a log that has it.
    ///
    /// - Throws: what reading the log throws.
    package init(at position: Position, of log: any LogReader, upTo checkpoint: LogSize) throws {
        let end = LogSize(through: position)
        let tree = LogTree(of: log)
        self.init(
            position: position,
            entry: try log.entry(at: position),
            edge: try tree.edge(of: LogSize(before: position)),
            proof: try ConsistencyProof(from: end, to: checkpoint, in: tree)
        )
    }

    /// What it is about; nil when it is no redaction, or not shown to be in the checkpoint's log.
    package func redactedPosition(in checkpoint: Checkpoint) -> Position? {
        guard checkpoint.size.contains(position), var edge = TreeEdge(size: LogSize(before: position), roots: edge)
        else { return nil }
        return entry.withUnsafeBufferPointer { bytes in
            edge.append(leaf: Merkle.leaf(bytes))
            let isThere = proof.verify(from: (edge.size, edge.root), to: (checkpoint.size, checkpoint.root))
            var reader = EventReader()
            return isThere ? (try? reader.read(bytes, as: .entry))?.redactedPosition(in: bytes) : nil
        }
    }
}
