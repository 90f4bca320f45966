internal import AgendaModel

/// Finds the events that write given values to given places of a document.
///
/// Each time one of the types is taken that may change a subject of the kind. It is the one that writes the most of
/// what is left. Of equals it is the one that has to write the least beside it. Then it is one that takes a reason,
/// when there is one to give. Then it is the one that must have the most of these fields, and then the first in the
/// catalogue. Fields that a type must have besides are written again as they are shown, unless they are in conflict.
struct WritePlan {
    struct Write {
        var path: String
        var names: [String]
        var value: JSONValue

        var field: String { names.first ?? "" }
    }

    struct Event: Equatable {
        var type: String
        var data: JSONValue
    }

    let kind: Catalogue.Kind
    /// nil = not known here; the server will say.
    let role: Role?
    /// The subject's registers as they are shown.
    let registers: [Register]
    let writes: [Write]
    /// For the events that take one.
    let reason: String?

    /// A type with what it would write.
    private struct Candidate {
        var type: Catalogue.EventType
        var covered: [Write]
        var filled: [Write]
        /// Less is better.
        var rank: [Int]

        var data: JSONValue { WritePlan.data(covered + filled) }
    }

    /// - Parameter problem: what the catalogue has against an event of a type with that data.
    /// - Returns: the events, in the order in which they were chosen.
    /// - Throws: `ReplicaError`: `cannotSettle`, `invalidEvent` or `notAllowed`.
    func events(_ problem: (Event) -> EventProblem?) throws(ReplicaError) -> [Event] {
        var remaining = writes
        var events: [Event] = []
        let reasonToAdd = writes.contains { $0.path == "/reason" } ? nil : reason
        var reasonIsGiven = reasonToAdd == nil
        while !remaining.isEmpty {
            let candidates = kind.types.enumerated().compactMap { candidate($1, at: $0, for: remaining, problem) }
            let allowed = candidates.filter { candidate in role.map(candidate.type.writers.allows) ?? true }
            guard let best = allowed.min(by: { $0.rank.lexicographicallyPrecedes($1.rank) }) else {
                throw failure(for: remaining, needing: candidates.map(\.type), problem)
            }
            var data = best.data
            if let reasonToAdd, best.type.fields.contains("reason") {
                data.write(.string(reasonToAdd), at: ["reason"])
                reasonIsGiven = true
            }
            events.append(Event(type: best.type.name, data: data))
            remaining.removeAll { write in best.covered.contains { $0.path == write.path } }
        }
        guard reasonIsGiven else {
            let types = events.map(\.type).joined(separator: " and ")
            throw ReplicaError(
                .cannotSettle,
                "\(types) takes no reason",
                nextStep: "leave the reason out, or add a note"
            )
        }
        return events
    }

    // MARK: - Candidates

    private func candidate(
        _ type: Catalogue.EventType,
        at index: Int,
        for remaining: [Write],
        _ problem: (Event) -> EventProblem?
    ) -> Candidate? {
        guard isUsable(type) else { return nil }
        let covered = remaining.filter { write in
            guard type.fields.contains(write.field), let filled = fill(type, beside: [write], all: remaining) else {
                return false
            }
            return problem(Event(type: type.name, data: Self.data([write] + filled))) == nil
        }
        guard !covered.isEmpty, let filled = fill(type, beside: covered, all: []) else { return nil }
        let takesReason = reason == nil || type.fields.contains("reason")
        let about = Set(covered.map(\.field)).intersection(type.required).count
        let rank = [-covered.count, filled.count, takesReason ? 0 : 1, -about, index]
        return Candidate(type: type, covered: covered, filled: filled, rank: rank)
    }

    private func isUsable(_ type: Catalogue.EventType) -> Bool {
        !type.isCreating && type.writers.role != nil && !type.writers.subjectItself
    }

    /// What a type must have beside these writes, as it is shown.
    ///
    /// - Parameters:
    ///   - type: the type.
    ///   - writes: what is written anyway.
    ///   - all: writes that may still come to be covered, and whose fields need not be filled then.
    /// - Returns: nil when something that it must have cannot be written again.
    private func fill(_ type: Catalogue.EventType, beside writes: [Write], all: [Write]) -> [Write]? {
        var filled: [Write] = []
        for field in type.required where !writes.contains(where: { $0.field == field }) {
            let together = all.filter { $0.field == field }
            if !together.isEmpty {
                filled += together
                continue
            }
            let shown = shownRegisters(of: field)
            guard !shown.isEmpty, !shown.contains(where: \.isConflict) else { return nil }
            for register in shown {
                guard let names = JSONPointer.names(register.path), let bytes = register.heads[0].value,
                    let value = try? JSONValue(parsing: bytes)
                else { return nil }
                filled.append(Write(path: register.path, names: names, value: value))
            }
        }
        return filled
    }

    private func shownRegisters(of field: String) -> [Register] {
        registers.filter { register in
            let isInField = register.path == "/\(field)" || register.path.hasPrefix("/\(field)/")
            return isInField && (register.heads[0].value != nil || register.isConflict)
        }
    }

    private static func data(_ writes: [Write]) -> JSONValue {
        var data = JSONValue.object([])
        for write in writes { data.write(write.value, at: write.names[...]) }
        return data
    }

    // MARK: - Failures

    private func failure(
        for remaining: [Write],
        needing types: [Catalogue.EventType],
        _ problem: (Event) -> EventProblem?
    ) -> ReplicaError {
        if let type = types.first, let needed = type.writers.role, let role {
            return ReplicaError(
                .notAllowed,
                "settling \(Self.list(remaining.map(\.path))) takes \(type.name), which needs the role "
                    + "\(needed.rawValue), and the role here is \(role.rawValue)",
                nextStep: "ask somebody with that role to settle it",
                problem: EventProblem.Code.notAllowed.rawValue
            )
        }
        let write = remaining[0]
        let usable = kind.types.filter { isUsable($0) && $0.fields.contains(write.field) }
        guard !usable.isEmpty else {
            return ReplicaError(
                .cannotSettle,
                "no type of event can write \(write.path) of a \(kind.name) that exists",
                nextStep: "ambit types lists what can be recorded"
            )
        }
        let blocking = usable.flatMap(\.required).flatMap(shownRegisters).filter(\.isConflict).map(\.path)
        let others = Set(blocking).subtracting(writes.map(\.path)).sorted()
        if let other = others.first {
            return ReplicaError(
                .cannotSettle,
                "\(write.path) cannot be written without \(other), which is in conflict as well",
                nextStep: "settle them together, by naming both or with --all"
            )
        }
        let found = usable.compactMap { problem(Event(type: $0.name, data: Self.data([write]))) }.first
        return ReplicaError(
            .invalidEvent,
            "no type of event can write this value to \(write.path): \(found?.detail ?? "the types need other fields")",
            nextStep: "give another value; ambit types lists what can be recorded",
            problem: EventProblem.Code.invalidData.rawValue
        )
    }

    private static func list(_ paths: [String]) -> String { paths.joined(separator: " and ") }
}
