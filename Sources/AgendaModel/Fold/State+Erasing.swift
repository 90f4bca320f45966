extension State {
    /// Forgets what an entry wrote that has been erased since it was folded.
    ///
    /// The state becomes the one that folding the tombstone in its place would have made.
    ///
    /// - Parameters:
    ///   - tombstone: What is left of the entry, without a newline.
    ///   - position: Where it stands, below `size`.
    ///   - load: As in `fold(entry:load:)`.
    /// - Throws: `EventProblem` for bytes that are no tombstone, `StateError`, or what `load` throws; the state is then
    ///   as it was.
    public mutating func erase(
        tombstone: UnsafeBufferPointer<UInt8>,
        at position: Position,
        load: Load? = nil
    ) throws {
        let attributes = try reader.read(tombstone, as: .entry)
        guard let base = tombstone.baseAddress, attributes.tombstone != nil else {
            throw EventProblem(.malformedEvent, "the entry at position \(position) has not been erased")
        }
        let subject = try subjectNumber(base, attributes.subject, load: load)
        note(subject)
        for leaf in reader.leaves {
            let path = reader.withPath(of: leaf, in: tombstone) { path in
                withUnsafePointer(to: UInt8(0)) { none in
                    paths.find(path.baseAddress ?? none, count: path.count, hash: leaf.pathHash)
                }
            }
            if let path, let register = registers.find(subject: subject, path: path) {
                registers.erase(register, at: position)
            }
        }
    }
}
