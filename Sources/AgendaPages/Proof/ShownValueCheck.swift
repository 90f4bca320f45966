internal import AgendaModel
internal import EventLog

/// Whether an entry of the log says what a page shows, up to the log's signed checkpoint.
struct ShownValueCheck {
    let log: any LogReader

    /// Holds a value against the log.
    ///
    /// - Parameters:
    ///   - json: the value in JCS form.
    ///   - path: where it stands in the subject's document.
    ///   - position: of the entry that is said to have written it.
    /// - Returns: the checkpoint that it was proven for; nil when the entry is in the log and says something else.
    /// - Throws: `LogError` when the entry does not lead to the signed root, or there is no evidence of it.
    func checkpoint(of json: [UInt8], at path: String, by position: Position) throws -> Checkpoint? {
        let evidence = try Evidence(of: position, in: log)
        let entry = evidence.extra ?? []
        let checkpoint = try evidence.verify(entry: entry, by: log.identity.verifierKey)
        return try says(entry, json, at: path) ? checkpoint : nil
    }

    private func says(_ entry: [UInt8], _ json: [UInt8], at path: String) throws -> Bool {
        try entry.withUnsafeBufferPointer { bytes in
            var events = EventReader()
            _ = try events.read(bytes, as: .entry)
            var isSame = false
            events.forEachLeaf(in: bytes) { leaf, value in
                if leaf == path, let value { isSame = value.elementsEqual(json) }
            }
            return isSame
        }
    }
}
