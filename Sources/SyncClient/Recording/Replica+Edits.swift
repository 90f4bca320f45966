package import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Projections

extension Replica {
    /// Records what somebody has changed who had seen the log up to a size: all of it, or nothing.
    ///
    /// What others wrote meanwhile stays: it is a conflict then, not overwritten. What this device wrote meanwhile
    /// counts as seen (`Protocol/Events.md`). So a field that it wrote cannot be changed like that, and what it made
    /// cannot be made once more.
    ///
    /// - Parameters:
    ///   - edits: by subject; new ones first.
    ///   - basis: what had been seen.
    ///   - isTrial: whether nothing is recorded, only checked.
    /// - Returns: the events that were, or would be, recorded.
    /// - Throws: `ReplicaError` with `line`: which write, counted from 1 through all edits; `invalidEvent`, `notAllowed`,
    ///   `cannotSettle`, `unknownSubject`, `writtenHere`, or one about files.
    package func record(
        _ edits: [SubjectEdit],
        seeing basis: LogSize,
        isTrial: Bool = false
    ) throws(ReplicaError) -> [RecordedEvent] {
        guard !edits.isEmpty else { return [] }
        let state = try state()
        return try performing("recording the changes") {
            let own = OwnDevices(try store.replicaFacts())
            let role = try currentRole(in: state)
            var tried: [RecordedEvent] = []
            do {
                return try recording(basis: basis) { composer, first in
                    // Within the transaction: what this laptop records at the same time is seen too.
                    let pending = try pendingLines()
                    let registers = try state.read(pending: pending) { view in
                        try edits.map { try $0.subject.map(view.registers) ?? [] }
                    }
                    var made: MadeSince?
                    if edits.contains(where: { $0.subject == nil }) {
                        made = try MadeSince(by: own, from: basis, in: store, pending: pending)
                    }
                    var events: [RecordedEvent] = []
                    var before = 0
                    for (edit, registers) in zip(edits, registers) {
                        do {
                            try edit.checkIsNotWritten(by: own, from: basis, registers)
                            let plan = EditPlan(edit: edit, registers: registers, role: role)
                            for draft in try plan.drafts({ composer.problem(with: $0) }) {
                                let event = try composer.compose(draft, counter: first + events.count)
                                if edit.subject == nil, let twin = made?.subject(madeAs: event.bytes) {
                                    throw ReplicaError.madeHere(twin)
                                }
                                events.append(event)
                            }
                        } catch let error as ReplicaError {
                            throw error.onWrite(before + (error.line ?? 1))
                        }
                        before += edit.writes.count
                    }
                    tried = events
                    if isTrial { throw Trial() }
                    return events
                }
            } catch is Trial {
                return tried
            }
        }
    }

    /// Ends the transaction of a trial.
    private struct Trial: Error {}
}

extension SubjectEdit {
    /// - Throws: `ReplicaError` with `writtenHere`, and which of the writes.
    fileprivate func checkIsNotWritten(
        by own: OwnDevices,
        from basis: LogSize,
        _ registers: [Register]
    ) throws(ReplicaError) {
        for (index, write) in writes.enumerated() {
            let path = JSONPointer.pointer(write.names)
            let later = registers.filter { register in
                register.path == path || register.path.hasPrefix(path + "/") || path.hasPrefix(register.path + "/")
            }
            let isWritten = later.contains { register in
                register.heads.contains { head in
                    head.position >= basis.next && own.device(of: head.source.rawValue.utf8, at: head.position) != nil
                }
            }
            guard isWritten else { continue }
            throw ReplicaError(
                .writtenHere,
                "\(path) of \(subject ?? "") has been changed on this laptop since the export",
                nextStep: "make a new export, and change it there",
                line: index + 1
            )
        }
    }
}

extension ReplicaError {
    fileprivate static func madeHere(_ subject: String) -> ReplicaError {
        ReplicaError(
            .writtenHere,
            "\(subject) has the same values, and has been recorded on this laptop since the export",
            nextStep: "make a new export, and add there what is still missing"
        )
    }

    fileprivate func onWrite(_ number: Int) -> ReplicaError {
        ReplicaError(code, message, nextStep: nextStep, line: number, problem: problem)
    }
}
