package import AgendaModel

extension LogReader {
    /// When the server recorded the entry at a position of the log.
    ///
    /// - Throws: what reading throws; `EventProblem` for bytes that are no entry.
    package func recordedTime(at position: Position) throws -> Timestamp? {
        var reader = EventReader()
        return try entry(at: position).withUnsafeBufferPointer { try reader.read($0, as: .entry).recordedTime }
    }
}
