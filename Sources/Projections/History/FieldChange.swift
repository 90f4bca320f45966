package import AgendaModel

/// What became of one register: by an event, or between two states.
package struct FieldChange: Hashable, Sendable {
    /// What became of the conflict on a register.
    package enum ConflictChange: String, Hashable, Sendable {
        /// There is one now.
        case opened
        /// There was one, and there is one still.
        case remains
        /// There is none any more.
        case settled
    }

    /// A write that stands beside the change, or that it settled.
    package struct Write: Hashable, Sendable {
        package var position: Position
        package var counter: Counter
        package var author: Author
        package var value: FieldValue

        package init(position: Position, counter: Counter, author: Author, value: FieldValue) {
            self.position = position
            self.counter = counter
            self.author = author
            self.value = value
        }
    }

    /// RFC 6901 pointer.
    package var path: String
    /// What was shown.
    package var before: FieldValue
    /// What is shown.
    package var after: FieldValue
    /// What the event wrote: not what is shown when another head outranks it.
    ///
    /// Between two states the same as `after`.
    package var written: FieldValue
    /// nil when there was no conflict and is none.
    package var conflict: ConflictChange?
    /// With a conflict that is open: the heads besides what was written, or shown; with one that was settled: its heads.
    package var others: [Write]

    /// A change as it is told in a test, or where nothing is in conflict.
    package init(
        path: String,
        before: FieldValue = .absent,
        after: FieldValue,
        written: FieldValue,
        conflict: ConflictChange? = nil,
        others: [Write] = []
    ) {
        self.path = path
        self.before = before
        self.after = after
        self.written = written
        self.conflict = conflict
        self.others = others
    }

    /// - Parameters:
    ///   - path: of the register.
    ///   - before: the register before; nil when there was none.
    ///   - after: the register afterwards.
    ///   - position: of the event that wrote; nil between two states.
    ///   - written: what the event wrote.
    ///   - naming: who the authors of the heads are.
    /// - Throws: what the naming throws.
    init(
        path: String,
        before: Register?,
        after: Register?,
        by position: Position?,
        written: FieldValue,
        _ naming: Naming
    ) throws {
        self.init(
            path: path,
            before: FieldValue(before?.heads[0]),
            after: FieldValue(after?.heads[0]),
            written: written
        )
        let (had, has) = (before?.isConflict ?? false, after?.isConflict ?? false)
        guard had || has else { return }
        conflict = !had ? .opened : has ? .remains : .settled
        let heads = has ? after?.heads ?? [] : before?.heads ?? []
        let own = has ? position ?? heads.first?.position : nil
        others = try heads.filter { $0.position != own }.map { head in
            Write(
                position: head.position,
                counter: head.counter,
                author: try naming.author(of: head.source),
                value: FieldValue(head)
            )
        }
    }
}
