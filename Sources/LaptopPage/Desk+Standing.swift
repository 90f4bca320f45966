internal import AgendaModel
internal import AgendaPages
internal import SyncClient
internal import TypedInput
internal import Wording

// What the replica says of sending, conflicts and refusals, as pages take it.

extension Desk {
    func syncContent(_ visit: PageVisit) throws -> SyncContent {
        let localizer = visit.localizer
        var (stage, detail, isProblem): (String, String?, Bool)
        var counts: (Int, Int)?
        switch sync.stage {
        case .following: (stage, detail, isProblem) = (localizer.message(.pageFollowing), nil, false)
        case .waiting(let reason):
            stage = localizer.message(Self.message(about: reason.code))
            let why = localizer.language.words(of: reason.description)
            detail = localizer.message(.pageWaitingBecause, ["reason": why])
            isProblem = reason.code == .diskFull || reason.code == .inputOutput
        case .stopped(let error):
            let isFull = error.code == .diskFull
            stage = localizer.message(isFull ? .pageDiskFull : .pageStopped)
            let why = localizer.language.words(of: error.description)
            (detail, isProblem) = (localizer.message(.pageWaitingBecause, ["reason": why]), true)
        case .syncing(let step):
            (stage, detail, isProblem) = (localizer.message(.pageSyncing), nil, false)
            switch step {
            case .pushing(let sent, let all)?: counts = (sent, all)
            case .pulling(let size, let all)?, .applying(let size, let all)?: counts = (size.rawValue, all.rawValue)
            default: break
            }
        }
        let status = try replica.status()
        var content = SyncContent(
            stage: stage,
            detail: detail,
            isProblem: isProblem,
            lastSync: status.lastSync.flatMap { Timestamp($0) },
            pending: try replica.pending().map { ($0.id, $0.line) }
        )
        (content.done, content.all) = (counts?.0, counts?.1)
        content.warning =
            status.recordedAhead.map { localizer.message(.logAhead, ["time": $0]) }
            ?? status.clockLead.map { localizer.clockAhead(by: $0) }
        return content
    }

    /// What keeps the laptop from sending and receiving, as long as it lasts.
    private static func message(about code: ReplicaError.Code?) -> Message {
        switch code {
        case .diskFull: .pageDiskFull
        case .inputOutput: .pageDiskFails
        case .locked, .syncRunning: .pageBusyHere
        case .unavailable, .tooSlow: .pageServerBusy
        default: .pageWaiting
        }
    }

    /// Conflicts of one subject that the same events opened belong together: whoever takes one value takes its others.
    ///
    /// - Parameters:
    ///   - subject: whose; nil = everybody's.
    ///   - visit: who looks.
    /// - Returns: what the page shows.
    /// - Throws: `ReplicaError`.
    func conflictContents(of subject: String?, _ visit: PageVisit) throws -> [ConflictContent] {
        let localizer = visit.localizer
        var found: [(key: [String], conflicts: [OpenConflict])] = []
        for conflict in try replica.conflicts() where subject == nil || conflict.subject == subject {
            let key = [conflict.subject] + conflict.values.map { "\($0.source) \($0.id)" }
            if found.last?.key == key {
                found[found.count - 1].conflicts.append(conflict)
            } else {
                found.append((key, [conflict]))
            }
        }
        return found.map { _, conflicts in
            let values = conflicts[0].values.enumerated().map { index, value in
                ConflictContent.Value(
                    number: value.number,
                    json: conflicts.map { $0.values[index].value },
                    isErased: conflicts.map { $0.values[index].isErased },
                    who: localizer.by(value.source, device: value.deviceName, member: value.memberName),
                    when: localizer.moment(value.deviceTime),
                    knowledge: [
                        value.position == nil ? localizer.message(.notSent) : nil,
                        localizer.knowledge(basis: value.basis, unseen: value.unseen),
                    ].compactMap(\.self).joined(separator: "; ")
                )
            }
            return ConflictContent(
                subject: conflicts[0].subject,
                paths: conflicts.map(\.path),
                marks: conflicts.map(\.mark),
                values: values
            )
        }
    }

    /// What has no effect, because somebody else took back meanwhile what it is about.
    ///
    /// - Parameters:
    ///   - subject: about which; nil = all.
    ///   - visit: who looks.
    /// - Returns: what the page shows.
    /// - Throws: `ReplicaError`.
    func overtakenContents(of subject: String?, _ visit: PageVisit) throws -> [OvertakenContent] {
        let localizer = visit.localizer
        return try replica.overtaken().filter { subject == nil || $0.subject == subject }.map { edit in
            let words = [
                "what": Vocabulary.type(edit.withdrawal, localizer.language), "position": "\(edit.position)",
                "author": localizer.by(edit.source, device: edit.deviceName, member: edit.memberName),
            ]
            return OvertakenContent(
                id: Self.id(of: edit),
                subject: edit.subject,
                text: localizer.message(.pageNoEffectOf, words)
            )
        }
    }

    /// Takes note that somebody has looked at events without effect.
    ///
    /// - Parameter ids: as the form has them; what is none of those is passed over.
    /// - Throws: `ReplicaError`.
    func noteOvertaken(_ ids: String) throws {
        let seen = Set(ids.split(separator: " ").map(String.init))
        try replica.noteOvertaken(replica.overtaken().filter { seen.contains(Self.id(of: $0)) })
    }

    private static func id(of edit: OvertakenEdit) -> String { "\(edit.device):\(edit.id)" }

    /// Settles what a form of the page about conflicts says.
    ///
    /// - Returns: the counter of the first event; nil when the form is none.
    /// - Throws: `ReplicaError`.
    func settle(_ fields: [String: String]) throws -> Int? {
        func list(_ name: String) -> [String] { (fields[name] ?? "").split(separator: " ").map(String.init) }
        guard let subject = fields["subject"], let number = fields["take"].flatMap({ Int($0) }), !list("paths").isEmpty
        else { return nil }
        let settled = try replica.settle(subject, paths: list("paths"), .take(number), expecting: list("marks"))
        return settled.events.first?.id ?? 0
    }

    func refusedContents(_ language: Language) throws -> [RefusedContent] {
        try replica.refused().map {
            RefusedContent(id: $0.id, line: $0.line, reason: language.words(of: $0.detail))
        }
    }

    /// The form that puts a refused event right; nil when there is no such event.
    ///
    /// - Parameters:
    ///   - id: the refused event's counter.
    ///   - typed: what was typed; nil for what the event has.
    ///   - visit: who types.
    /// - Returns: the page, or what was recorded.
    /// - Throws: `ReplicaError` for what is wrong with the replica.
    func correct(_ id: Int, typed: [String: String]?, _ visit: PageVisit) throws -> FormAnswer? {
        guard let refused = try replica.refused().first(where: { $0.id == id }), let line = EventLine(refused.line),
            let type = Catalogue.current.type(named: line.type)
        else { return nil }
        let isSent = typed.map { !EventForm.looksUp($0) } ?? false
        let (read, html) = try reading(visit) { pages in
            let typed = typed ?? EventForm.typed(for: line.data, about: line.subject, type, visit)
            var form = try EventForm(typeNamed: line.type, typed: typed, pages.reader, by: person(visit))
            form.action = "refused/\(id)"
            let event = isSent ? try pages.event(of: &form) : nil
            let correction = event.map {
                Correction(subject: type.isCreating ? nil : $0.subject, replacing: form.corrected(line.data, to: $0))
            }
            return (correction, try pages.form(form))
        }
        guard let correction = read else { return .again(html) }
        do {
            let again = try replica.correctRefused(id, correction)
            return again.events.first.map { .recorded(subject: $0.event.subject, id: $0.event.id) }
        } catch {
            guard Self.isAboutInput(error) else { throw error }
            let found = visit.localizer.language.words(of: error.description)
            return .again(try form(line.type, typed: typed ?? [:], visit, action: "refused/\(id)", saying: found))
        }
    }
}
