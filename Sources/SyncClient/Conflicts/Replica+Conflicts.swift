internal import AgendaModel
internal import EventLog
internal import Projections

extension Replica {
    /// The open conflicts, with what is pending laid over them, sorted by subject and path.
    ///
    /// ```swift
    /// for conflict in try replica.conflicts() {
    ///     for value in conflict.values {
    ///         print(value.number, value.value ?? "absent", "by", value.memberName ?? value.source)
    ///     }
    ///     try replica.settle(conflict.subject, paths: [conflict.path], .keep, expecting: [conflict.mark])
    /// }
    /// ```
    ///
    /// - Parameter subject: the one whose conflicts are wanted, short forms included; nil = of all.
    /// - Returns: each with its values, the one that is shown first.
    /// - Throws: `ReplicaError`: `unknownSubject`, `ambiguousSubject`, or one about files.
    public func conflicts(of subject: String? = nil) throws(ReplicaError) -> [OpenConflict] {
        let subject = try subject.map { text throws(ReplicaError) in try resolve(text) }
        let state = try state()
        return try performing("reading the conflicts") {
            let pending = try pendingLines()
            return try state.read(pending: pending) { try openConflicts(of: subject, in: $0, pending: pending) }
        }
    }

    /// - Parameters:
    ///   - subject: the whole name; nil = all.
    ///   - view: what is shown.
    ///   - pending: the events that are laid over the view.
    /// - Returns: each with its values, the one that is shown first.
    /// - Throws: what reading the view and the log throws.
    func openConflicts(of subject: String?, in view: StateView, pending: [[UInt8]]) throws -> [OpenConflict] {
        let conflicts = try view.conflicts(of: subject)
        let writes = try HeadWrites(of: conflicts.flatMap(\.register.heads), in: store, pending: pending)
        let naming = view.naming
        return try conflicts.map { conflict in
            let heads = conflict.register.heads
            let values = try heads.enumerated().map { index, head in
                let write = try writes.write(of: head).attributes
                let author = try naming.author(of: head.source)
                return OpenConflict.Value(
                    number: index + 1,
                    value: head.value.map { String(decoding: $0, as: UTF8.self) },
                    isErased: head.isErased,
                    source: head.source,
                    id: head.counter.rawValue,
                    position: head.position == .afterEverything ? nil : head.position.rawValue,
                    deviceTime: write.time,
                    recordedTime: write.recordedTime,
                    basis: write.basis.rawValue,
                    // Of two heads the earlier came before the later's author wrote, and was no part of what that
                    // author had seen; the later could not be seen yet.
                    unseen: heads.indices.filter { $0 != index }.map { $0 + 1 },
                    deviceName: author.deviceName,
                    member: author.member,
                    memberName: author.memberName
                )
            }
            return OpenConflict(
                subject: conflict.subject,
                path: conflict.register.path,
                values: values,
                mark: Self.mark(of: conflict)
            )
        }
    }

    private static func mark(of conflict: Conflict) -> String {
        var text = "\(conflict.subject) \(conflict.register.path)"
        for head in conflict.register.heads { text += " \(head.source) \(head.counter)" }
        return text.withUTF8 { String(Hash.sha256($0).description.prefix(8)) }
    }
}
