internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import EventLogTesting
internal import Projections
internal import SyncClient

/// What users record.
extension World {
    /// One event, or a few.
    func work(on laptop: Laptop) throws {
        // A conflict that can be settled is rare: the canary must not wait for one for long.
        let settling = canary == .settlesBlindly ? 12 : 8
        for _ in 0..<Int.random(in: 1...3, using: &random) where !laptop.power.isOff {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<2: try recordUnacceptable(on: laptop)
            case 2..<settling: try settleConflict(on: laptop)
            case settling where laptop.number == 0: try redact(on: laptop)
            default: try record(draft(for: laptop), on: laptop)
            }
        }
    }

    /// An event before it is recorded.
    struct Draft {
        var type: String
        var subject: String?
        var data: String
    }

    /// Records through the replica, as a program would.
    @discardableResult
    func record(_ draft: (Int) -> Draft, on laptop: Laptop) throws -> Int? {
        try record(on: laptop) { mark in
            let draft = draft(mark)
            return try laptop.replica.record(type: draft.type, subject: draft.subject, data: draft.data)
        }
    }

    /// Records one event as the body does, which gets its mark; gives the mark, or nil when nothing is known to be recorded.
    private func record(on laptop: Laptop, _ make: (_ mark: Int) throws -> RecordedEvent) throws -> Int? {
        let mark = model.nextMark()
        let folded = try laptop.replica.state().size().rawValue
        do {
            let event = try make(mark)
            model.record(Recording(mark: mark, laptop: laptop.number, line: event.line, folded: folded))
            laptop.learn(event.subject)
            statistics.count("events recorded")
            note("laptop \(laptop.number) recorded \(event.id) about \(event.subject), event \(mark)")
            return mark
        } catch {
            try lostPower(laptop, recording: mark, folded: folded, error)
            return nil
        }
    }

    /// Records many events at once, as an import does: all of them or none.
    func importMany(on laptop: Laptop) throws {
        hasImported = true
        let marks = (0..<scenario.bulk).map { _ in model.nextMark() }
        let folded = try laptop.replica.state().size().rawValue
        let lines = marks.map { mark in
            #"{"type":"organisation.registered","data":{"name":"Organisatie \#(Mark.text(mark))"}}"# + "\n"
        }
        do {
            try laptop.replica.importEvents(Array(lines.joined().utf8))
        } catch {
            laptop.uncertain += marks.map { ($0, folded) }
            return try lostPower(laptop, error)
        }
        for event in try laptop.replica.pending() {
            guard let mark = Mark.find(in: Array(event.line.utf8)), marks.contains(mark) else { continue }
            model.record(Recording(mark: mark, laptop: laptop.number, line: event.line, folded: folded))
        }
        statistics.count("events imported", marks.count)
        note("laptop \(laptop.number) imported \(marks.count) events")
    }

    /// Something that the catalogue allows, about what the laptop knows.
    private func draft(for laptop: Laptop) -> (Int) -> Draft {
        // Few, so that laptops write the same ones without having seen each other.
        guard let project = laptop.known["project"]?.sorted().prefix(2).randomElement(using: &random) else {
            return { Draft(type: "project.started", data: #"{"title":"Project \#(Mark.text($0))","phase":"idea"}"#) }
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return { Draft(type: "project.started", data: #"{"title":"Project \#(Mark.text($0))"}"#) }
        case 1:
            return { mark in
                Draft(type: "organisation.registered", data: #"{"name":"Organisatie \#(Mark.text(mark))"}"#)
            }
        case 2...5:
            let phase = ["idea", "preparation", "realisation"].randomElement(using: &random) ?? "idea"
            return { mark in
                let data = #"{"phase":"\#(phase)","reason":"\#(Mark.text(mark))"}"#
                return Draft(type: "project.advanced", subject: project, data: data)
            }
        case 6...7:
            return { mark in
                Draft(type: "project.revised", subject: project, data: #"{"summary":"\#(Mark.text(mark))"}"#)
            }
        default:
            return { mark in
                Draft(type: "note.added", data: #"{"about":"\#(project)","text":"\#(Mark.text(mark))"}"#)
            }
        }
    }

    /// Looks at a conflict and writes the value that shall hold.
    private func settleConflict(on laptop: Laptop) throws {
        let size = try laptop.size
        let conflicts = try laptop.replica.conflicts().filter { conflict in
            ["/summary", "/reason"].contains(conflict.path)
                && conflict.values.allSatisfy { ($0.position ?? .max) < size }
        }
        guard let conflict = conflicts.randomElement(using: &random) else { return }
        guard let mark = try settle(conflict, on: laptop) else { return }
        statistics.count("conflicts settled")
        let replaced = conflict.values.map { Identity(source: $0.source, counter: $0.id) }
        model.settle(
            Settlement(mark: mark, subject: conflict.subject, path: conflict.path, replaced: replaced)
        )
    }

    private func settle(_ conflict: OpenConflict, on laptop: Laptop) throws -> Int? {
        func draft(_ mark: Int) -> Draft {
            conflict.path == "/summary"
                ? Draft(
                    type: "project.revised",
                    subject: conflict.subject,
                    data: #"{"summary":"\#(Mark.text(mark))"}"#
                )
                : Draft(
                    type: "project.advanced",
                    subject: conflict.subject,
                    data: #"{"phase":"idea","reason":"\#(Mark.text(mark))"}"#
                )
        }
        guard canary == .settlesBlindly else { return try record(draft, on: laptop) }
        return try recordLine(on: laptop) { mark, device, counter, _, time in
            let draft = draft(mark)
            return #"{"specversion":"1.0","id":"\#(counter)","source":"\#(device)","type":"\#(draft.type)","#
                + #""subject":"\#(conflict.subject)","time":"\#(time)","basis":0,"data":\#(draft.data)}"#
        }
    }

    /// Has something erased that somebody recorded, by the admin.
    private func redact(on laptop: Laptop) throws {
        let known = laptop.known["entry"] ?? []
        let size = try laptop.size
        let position = (0..<10).lazy.map { _ in Int.random(in: 0..<max(size, 1), using: &self.random) }.first {
            position in
            position < self.model.verified.count && self.model.verified[position].mark != nil
                && self.model.verified[position].type != Tombstone.redactionType && !known.contains("entry/\(position)")
        }
        guard let position, position < size else { return }
        let mark = try record(on: laptop) { mark in
            let redaction = try laptop.replica.redact(Position(position), reason: Mark.text(mark))
            guard let event = redaction.event else { throw ReplicaError(.inputOutput, "nothing was recorded") }
            return event
        }
        if mark != nil { statistics.count("entries redacted") }
    }

    /// An event that no server takes, past the replica's own checks: it is about something that nobody made.
    private func recordUnacceptable(on laptop: Laptop) throws {
        try recordLine(on: laptop) { mark, device, counter, basis, time in
            let id = device.id
            return #"{"specversion":"1.0","id":"\#(counter)","source":"\#(device)","type":"milestone.planned","#
                + #""subject":"milestone/\#(id)-\#(counter)","time":"\#(time)","basis":\#(basis),"data":"#
                + #"{"project":"project/\#(id)-999999","title":"\#(Mark.text(mark))","due":"2027-01-01"}}"#
        }
    }

    /// Puts a line into the outbox as it is.
    @discardableResult
    func recordLine(
        on laptop: Laptop,
        _ make: (_ mark: Int, _ device: DeviceID, _ counter: Int, _ basis: Int, _ time: Timestamp) -> String
    ) throws -> Int? {
        let mark = model.nextMark()
        let folded = try laptop.replica.state().size().rawValue
        let now = laptop.clock.now
        let device = try laptop.device
        var line = ""
        do {
            _ = try laptop.store.outbox.record(at: now) { counter in
                line = make(mark, device, counter.rawValue, folded, now)
                return [Array(line.utf8)]
            }
        } catch {
            try lostPower(laptop, recording: mark, folded: folded, error)
            return nil
        }
        model.record(Recording(mark: mark, laptop: laptop.number, line: line, folded: folded))
        statistics.count("events recorded")
        note("laptop \(laptop.number) recorded event \(mark) past its own checks")
        return mark
    }
}
