package import AgendaModel

/// What differs in one subject between an earlier and a later state of the same log.
package struct SubjectDifference: Hashable, Sendable {
    /// `<kind>/<id>`.
    package var subject: String
    /// Whether it did not exist before.
    package var isCreated: Bool
    /// The registers that show something else, or in which other values are in conflict; sorted by path.
    package var changes: [FieldChange]
    /// What the subject, and the subjects that the changes refer to, are called in the later state.
    package var titles: [String: String]

    package init(subject: String, isCreated: Bool, changes: [FieldChange], titles: [String: String] = [:]) {
        self.subject = subject
        self.isCreated = isCreated
        self.changes = changes
        self.titles = titles
    }

    /// nil when nothing differs.
    ///
    /// Cheap for subjects that nobody has written to in between.
    ///
    /// - Parameters:
    ///   - subject: both states must hold it, if it existed then.
    ///   - before: the earlier state.
    ///   - after: the later one.
    ///   - naming: what subjects are called; nil = as the later state has it.
    /// - Throws: what the naming throws.
    package init?(of subject: String, from before: State, to after: State, naming: Naming? = nil) throws {
        let isCreated = !before.contains(subject)
        guard after.contains(subject), isCreated || after.wasWritten(subject, from: before.size.next) else {
            return nil
        }
        let naming = naming ?? Naming(after)
        let old = Dictionary(uniqueKeysWithValues: before.registers(of: subject).map { ($0.path, $0) })
        let changes = try after.registers(of: subject).compactMap { new -> FieldChange? in
            let change = try FieldChange(
                path: new.path,
                before: old[new.path],
                after: new,
                by: nil,
                written: FieldValue(new.heads[0]),
                naming
            )
            if change.before != change.after { return change }
            switch change.conflict {
            case nil: return nil
            case .opened, .settled: return change
            case .remains: return Self.values(of: old[new.path]) == Self.values(of: new) ? nil : change
            }
        }
        guard isCreated || !changes.isEmpty else { return nil }
        self.init(
            subject: subject,
            isCreated: isCreated,
            changes: changes,
            titles: try naming.titles(for: subject, changes)
        )
    }

    private static func values(of register: Register?) -> Set<FieldValue> {
        Set(register?.heads.map { FieldValue($0) } ?? [])
    }
}
