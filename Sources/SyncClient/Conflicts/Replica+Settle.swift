internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

extension Replica {
    /// Settles conflicts: records the value that is to hold, as somebody who has seen all values.
    ///
    /// The type of event is found in the catalogue: see `Protocol/CommandLine.md`. Values of this laptop that have not
    /// been sent are settled like those of others. Everything is recorded, or nothing.
    ///
    /// - Parameters:
    ///   - subject: whose conflicts they are, short forms included.
    ///   - paths: RFC 6901 pointers of fields that are in conflict; nil = all of the subject's.
    ///   - choice: what is to hold; a value can be given for one field only.
    ///   - reason: why, for types that take a reason. Where `/reason` is settled too, it gets this text.
    ///   - marks: the marks of these conflicts when they were looked at; empty = as they are now.
    /// - Returns: what was settled, and how.
    /// - Throws: `ReplicaError`: `noConflict`, `noSuchValue`, `conflictChanged`, `cannotSettle`, `notAllowed`,
    ///   `invalidEvent`, `unknownSubject`, `ambiguousSubject`, or one about files.
    @discardableResult
    public func settle(
        _ subject: String,
        paths: [String]? = nil,
        _ choice: SettlementChoice,
        reason: String? = nil,
        expecting marks: [String] = []
    ) throws(ReplicaError) -> Settlement {
        let subject = try resolve(subject)
        let state = try state()
        return try performing("settling the conflict") {
            let pending = try pendingLines()
            let (conflicts, registers, basis) = try state.read(pending: pending) { view in
                let conflicts = try openConflicts(of: subject, in: view, pending: pending)
                return (conflicts, try view.registers(of: subject), view.size)
            }
            let chosen = try Self.chosen(paths, of: conflicts, subject)
            try Self.compare(chosen, with: marks)
            let writes = try Self.writes(choice, reason, to: chosen)
            guard let kind = Catalogue.current.kind(named: String(subject.prefix { $0 != "/" })) else {
                throw ReplicaError(.cannotSettle, "this version knows no kind of \(subject)", nextStep: "update ambit")
            }
            let plan = WritePlan(
                kind: kind,
                role: try currentRole(in: state),
                registers: registers,
                writes: writes,
                reason: reason
            )
            func draft(_ event: WritePlan.Event) -> EventDraft {
                EventDraft(type: event.type, subject: subject, data: event.data)
            }
            // The basis is what was looked at, not what may have been folded since.
            let recorded = try recording(basis: basis) { composer, first in
                let events = try plan.events { composer.problem(with: draft($0)) }
                return try events.enumerated().map { offset, event in
                    try composer.compose(draft(event), counter: first + offset)
                }
            }
            let fields = writes.map { write in
                Settlement.Field(path: write.path, value: write.value == .null ? nil : write.value.compact)
            }
            return Settlement(subject: subject, fields: fields, events: recorded)
        }
    }

    // MARK: - What is settled

    private static func chosen(
        _ paths: [String]?,
        of conflicts: [OpenConflict],
        _ subject: String
    ) throws(ReplicaError) -> [OpenConflict] {
        guard let paths else {
            guard !conflicts.isEmpty else {
                throw ReplicaError(
                    .noConflict,
                    "\(subject) has no conflict",
                    nextStep: "ambit conflicts lists them all"
                )
            }
            return conflicts
        }
        var chosen: [OpenConflict] = []
        for path in paths {
            let path = path.hasPrefix("/") ? path : "/\(path)"
            guard !chosen.contains(where: { $0.path == path }) else { continue }
            guard let conflict = conflicts.first(where: { $0.path == path }) else {
                let open = conflicts.map(\.path).joined(separator: ", ")
                throw ReplicaError(
                    .noConflict,
                    "\(subject) has no conflict at \(path.prefix(200))",
                    nextStep: open.isEmpty ? "it has none at all: see ambit conflicts" : "its conflicts are at \(open)"
                )
            }
            chosen.append(conflict)
        }
        guard !chosen.isEmpty else { throw ReplicaError(.noConflict, "no field was named to settle") }
        return chosen
    }

    private static func compare(_ conflicts: [OpenConflict], with marks: [String]) throws(ReplicaError) {
        guard !marks.isEmpty, Set(marks) != Set(conflicts.map(\.mark)) else { return }
        throw ReplicaError(
            .conflictChanged,
            "the conflict is not the one that was looked at: values have come or gone since",
            nextStep: "look at it again with ambit conflicts"
        )
    }

    private static func writes(
        _ choice: SettlementChoice,
        _ reason: String?,
        to conflicts: [OpenConflict]
    ) throws(ReplicaError) -> [WritePlan.Write] {
        if case .value = choice, conflicts.count > 1 {
            let paths = conflicts.map(\.path).joined(separator: ", ")
            throw ReplicaError(.cannotSettle, "one value cannot settle \(paths)", nextStep: "name one field with it")
        }
        var writes: [WritePlan.Write] = []
        for conflict in conflicts {
            guard let names = JSONPointer.names(conflict.path) else {
                throw ReplicaError(.cannotSettle, "\(conflict.path) is no pointer that can be written to")
            }
            var value = try value(choice, of: conflict)
            if conflict.path == "/reason", let reason { value = .string(reason) }
            writes.append(WritePlan.Write(path: conflict.path, names: names, value: value))
        }
        return writes
    }

    private static func value(
        _ choice: SettlementChoice,
        of conflict: OpenConflict
    ) throws(ReplicaError) -> JSONValue {
        let number: Int
        switch choice {
        case .value(let value): return value
        case .keep: number = 1
        case .take(let chosen): number = chosen
        }
        guard conflict.values.indices.contains(number - 1) else {
            throw ReplicaError(
                .noSuchValue,
                "\(conflict.subject) \(conflict.path) has no value \(number): there are 1 to \(conflict.values.count)",
                nextStep: "ambit conflicts \(conflict.subject) lists them"
            )
        }
        return try conflict.values[number - 1].value.map { text throws(ReplicaError) in
            try JSONValue.reading(Array(text.utf8))
        } ?? .null
    }
}
