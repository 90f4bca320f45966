internal import AgendaModel
internal import EventLog

/// What must hold of the laptops in the end, and of the state that everybody folds.
extension Outcome {
    func checkLaptops(against model: inout Model) {
        let state = foldFromZero()
        let digest = Self.digest(of: state)
        checkSame(digest, &model)
        checkSound(&model)
        checkOutboxes(&model)
        checkAccounted(&model)
        checkSettled(state, &model)
    }

    /// The state by nobody's file: folded here, from the first entry on.
    private func foldFromZero() -> State {
        var state = State()
        for entry in entries {
            _ = try? entry.bytes.withUnsafeBufferPointer { try state.fold(entry: $0) }
        }
        return state
    }

    private static func digest(of state: State) -> String {
        var hasher = Hasher256()
        state.writeDigestInput { hasher.update($0) }
        return hasher.finish().description
    }

    private func checkSame(_ expected: String, _ model: inout Model) {
        if size != entries.count { model.breach(.sameLog, "the server shows \(size) of \(entries.count) entries") }
        if digest != expected { model.breach(.sameState, "the server's state is not that of the log: \(digest)") }
        for laptop in laptops where !laptop.isRevoked {
            if laptop.size != size || laptop.root != root {
                let what = "laptop \(laptop.number) has \(laptop.size) entries, and the server another log of \(size)"
                model.breach(.sameLog, what)
            } else if laptop.bytes != bytes {
                model.breach(.erased, "laptop \(laptop.number) has other bytes in its log than the server")
            } else if laptop.digest != expected {
                model.breach(.sameState, "the state of laptop \(laptop.number) is not that of the log")
            }
        }
    }

    private func checkSound(_ model: inout Model) {
        for laptop in laptops {
            if let unsound = laptop.unsound { model.breach(.sound, "laptop \(laptop.number): \(unsound)") }
        }
    }

    private func checkOutboxes(_ model: inout Model) {
        for laptop in laptops where !laptop.isRevoked && laptop.pending > 0 {
            model.breach(.outboxes, "\(laptop.pending) events of laptop \(laptop.number) still wait to be sent")
        }
    }

    private func checkAccounted(_ model: inout Model) {
        let inLog = Set(entries.compactMap(\.mark))
        var kept: Set<Int> = []
        for laptop in laptops { kept.formUnion(laptop.refused.union(laptop.isRevoked ? laptop.waiting : [])) }
        for (mark, recording) in model.recordings.sorted(by: { $0.key < $1.key })
        where !recording.isDiscarded && !inLog.contains(mark) && !kept.contains(mark) {
            model.breach(.accounted, "event \(mark) of laptop \(recording.laptop) is nowhere: \(recording.line)")
        }
    }

    private func checkSettled(_ state: State, _ model: inout Model) {
        let inLog = Set(entries.compactMap(\.mark))
        for settlement in model.settlements where inLog.contains(settlement.mark) {
            let register = state.registers(of: settlement.subject).first { $0.path == settlement.path }
            for head in register?.heads ?? [] {
                let identity = Identity(source: head.source, counter: head.counter.rawValue)
                guard settlement.replaced.contains(identity) else { continue }
                model.breach(
                    .settled,
                    "event \(settlement.mark) settled \(settlement.path) of \(settlement.subject), and \(identity) is back"
                )
            }
        }
    }
}
