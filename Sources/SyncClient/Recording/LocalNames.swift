internal import AgendaModel

/// Names, local ones and those of subjects whose events are re-recorded, and the subjects that they have come to stand
/// for.
struct LocalNames {
    private(set) var subjects: [(name: String, subject: String)] = []
    /// By local name with its dollar sign, or by the subject that an imported event created.
    private var index: [String: String] = [:]

    /// Takes note of what a line created.
    mutating func define(_ line: ImportFile.Line, as subject: String) {
        if let name = line.name {
            subjects.append((name, subject))
            index["$\(name)"] = subject
        }
        if let imported = line.imported?.created {
            subjects.append((imported, subject))
            index[imported] = subject
        }
    }

    /// What the line says, with subjects in the places of names.
    ///
    /// - Parameters:
    ///   - line: what is to be recorded.
    ///   - common: the entries that are the same in this log and in the one that an event was recorded for.
    /// - Returns: the draft.
    /// - Throws: `invalidImport` for a name that no earlier line defines, and for an entry that may be another one here.
    func resolve(_ line: ImportFile.Line, common: LogSize) throws(ReplicaError) -> EventDraft {
        let positions = line.imported == nil ? nil : common
        var draft = line.draft
        if let subject = draft.subject { draft.subject = try resolve(subject, positions) }
        draft.data = try draft.data.mapReferences(ofType: draft.type) { text throws(ReplicaError) in
            try resolve(text, positions)
        }
        if let imported = line.imported { draft.basis = min(imported.basis, common) }
        return draft
    }

    private func resolve(_ text: String, _ positions: LogSize?) throws(ReplicaError) -> String {
        if let subject = index[text] { return subject }
        guard !text.hasPrefix("$") else {
            throw ImportFile.problem("\(text.prefix(65)): no earlier line defines this name")
        }
        let entry = "entry/"
        if let positions, text.hasPrefix(entry), Int(text.dropFirst(entry.count)) ?? .max >= positions.rawValue {
            throw ImportFile.problem("it is about an entry by its position, which may be another one in this log")
        }
        return text
    }
}
