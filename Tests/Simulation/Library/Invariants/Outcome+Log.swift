internal import AgendaModel
internal import EventLog

/// What must hold of the log in the end, given all that was told of it.
extension Outcome {
    func checkLog(against model: inout Model) {
        checkAcknowledged(&model)
        checkOnce(&model)
        checkVerified(&model)
        checkOrder(&model)
        checkCheckpoints(&model)
        checkBasis(&model)
        checkRecordedTimes(&model)
        checkErased(&model)
        checkLosses(&model)
    }

    /// The log says where it has lost something.
    private func checkLosses(_ model: inout Model) {
        let said = entries.indices.filter { entries[$0].type == "loss.accepted" }
        if said != model.losses {
            model.breach(.acknowledged, "losses were accepted at \(model.losses), and the log says so at \(said)")
        }
    }

    /// Of everything that was redacted only what is left of it is there, and nothing else was erased.
    private func checkErased(_ model: inout Model) {
        var redactions: [String: Int] = [:]
        for (position, entry) in entries.enumerated() where entry.type == Tombstone.redactionType {
            redactions[entry.subject] = position
        }
        for (position, entry) in entries.enumerated() where entry.isErased != (redactions["entry/\(position)"] != nil) {
            model.breach(
                .erased,
                "entry \(position) is \(entry.isErased ? "erased without a redaction" : "not erased")"
            )
        }
    }

    private func checkAcknowledged(_ model: inout Model) {
        let all = entries.enumerated().map { ($1.identity, $0) }
        let positions = Dictionary(all, uniquingKeysWith: { first, _ in first })
        for (identity, told) in model.told.sorted(by: { $0.value < $1.value }) {
            switch positions[identity] {
            case nil: model.breach(.acknowledged, "\(identity), told to be at \(told), is not in the log")
            case told: break
            case let position?: model.breach(.positions, "\(identity) is at \(position), and was told to be at \(told)")
            }
        }
    }

    private func checkOnce(_ model: inout Model) {
        var identities: Set<Identity> = []
        var marks: Set<Int> = []
        for entry in entries {
            if !identities.insert(entry.identity).inserted {
                model.breach(.once, "\(entry.identity) is in the log twice")
            }
            if let mark = entry.mark, !marks.insert(mark).inserted {
                model.breach(.once, "event \(mark) is in the log twice")
            }
        }
    }

    private func checkVerified(_ model: inout Model) {
        for (position, entry) in model.verified.enumerated() {
            guard position < entries.count else {
                model.breach(.bytes, "entry \(position) was verified, and the log has only \(entries.count)")
                return
            }
            if entries[position].leaf != entry.leaf {
                model.breach(.bytes, "entry \(position) is not what was verified")
            }
        }
    }

    private func checkOrder(_ model: inout Model) {
        var counters: [EventSource: Int] = [:]
        var places: [Int: Int] = [:]
        for (position, entry) in entries.enumerated() {
            if entry.identity.counter <= counters[entry.identity.source] ?? 0 {
                model.breach(.order, "\(entry.identity) comes after a greater counter")
            }
            counters[entry.identity.source] = entry.identity.counter
            if let mark = entry.mark { places[mark] = position }
        }
        for (laptop, marks) in model.order.sorted(by: { $0.key < $1.key }) {
            let found = marks.compactMap { places[$0] }
            if found != found.sorted() {
                model.breach(.order, "the events of laptop \(laptop) are in another order than they were recorded in")
            }
        }
    }

    private func checkCheckpoints(_ model: inout Model) {
        var edge = TreeEdge()
        var roots = [edge.root]
        for entry in entries {
            _ = edge.append(leaf: entry.leaf)
            roots.append(edge.root)
        }
        for (size, root) in model.checkpoints.sorted(by: { $0.key < $1.key }) {
            if size >= roots.count {
                let what = "a checkpoint of \(size) entries was shown, and the log has \(entries.count)"
                model.breach(.checkpoints, what)
            } else if roots[size] != root {
                model.breach(.checkpoints, "the log's first \(size) entries are not those of the checkpoint shown")
            }
        }
    }

    private func checkBasis(_ model: inout Model) {
        for (position, entry) in entries.enumerated() {
            let folded = entry.mark.flatMap { model.recordings[$0]?.folded } ?? position
            if entry.basis > min(folded, position) {
                model.breach(
                    .basis,
                    "entry \(position) has the basis \(entry.basis), and its laptop had folded \(folded)"
                )
            }
        }
    }

    private func checkRecordedTimes(_ model: inout Model) {
        for position in entries.indices.dropFirst() {
            guard let time = entries[position].recordedTime, let before = entries[position - 1].recordedTime,
                before <= time
            else {
                model.breach(.recordedTimes, "entry \(position) was recorded before the entry before it")
                return
            }
        }
    }
}
