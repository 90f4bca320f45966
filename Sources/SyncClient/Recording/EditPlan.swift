internal import AgendaModel

/// Finds the events that an edit takes: for a new subject the one that makes it, and what that cannot write behind it.
struct EditPlan {
    let edit: SubjectEdit
    /// The subject's registers as they are shown; none for a new one.
    let registers: [Register]
    let role: Role?

    /// - Parameter problem: what the catalogue has against a draft.
    /// - Returns: drafts, in order.
    /// - Throws: `ReplicaError`, with which of the writes where it is one.
    func drafts(_ problem: (EventDraft) -> EventProblem?) throws(ReplicaError) -> [EventDraft] {
        guard let kind = Catalogue.current.kind(named: edit.kind) else {
            throw ReplicaError(.cannotSettle, "this version knows no kind \(edit.kind)", nextStep: "update ambit")
        }
        guard let subject = edit.subject else { return [try creation(of: kind)] }
        let plan = WritePlan(
            kind: kind,
            role: role,
            registers: registers,
            writes: edit.writes.map { write in
                WritePlan.Write(path: JSONPointer.pointer(write.names), names: write.names, value: write.value)
            },
            reason: nil
        )
        return try plan.events { event in
            problem(EventDraft(type: event.type, subject: subject, data: event.data))
        }.map { EventDraft(type: $0.type, subject: subject, data: $0.data) }
    }

    private func creation(of kind: Catalogue.Kind) throws(ReplicaError) -> EventDraft {
        guard let type = kind.types.first(where: \.isCreating) else {
            throw ReplicaError(.cannotSettle, "no type of event makes a \(kind.name)")
        }
        var data = JSONValue.object([])
        for (index, write) in edit.writes.enumerated() {
            guard type.fields.contains(write.names.first ?? "") else {
                throw ReplicaError(
                    .invalidEvent,
                    "\(type.name) does not take \(write.names.joined(separator: "."))",
                    nextStep: "leave it empty in the new row, and fill it in in the next export",
                    line: index + 1,
                    problem: "invalid-data"
                )
            }
            data.write(write.value, at: write.names[...])
        }
        return EventDraft(type: type.name, subject: nil, data: data)
    }
}
