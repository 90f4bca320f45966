import AgendaModel
import EventLog
import Foundation
import Projections
import SyncClient
import TypedInput
import Wording

extension Replica {
    /// What is recorded here, as `ambit record` said it.
    ///
    /// - Parameters:
    ///   - events: pending ones; however many, the state is read once.
    ///   - localizer: in whose words.
    /// - Returns: a sentence for each.
    /// - Throws: `ReplicaError`, and what reading the state throws.
    func sentences(_ events: [PendingEvent], _ localizer: Localizer) throws -> [String] {
        try reading { view, _ in
            let naming = view.naming
            return try events.map { event in
                guard let line = EventLine(event.line) else { return event.line }
                let registers = try view.registers(of: line.subject)
                let shown = try ShownSubject(line.subject, registers: registers, naming: naming)
                return localizer.sentence(line.type, line.data, as: shown)
            }
        }
    }

    /// The fields that are in conflict, with what is pending.
    func conflictPlaces() throws -> Set<ConflictPlace> {
        try reading { view, _ in
            Set(try view.conflicts().map { ConflictPlace(subject: $0.subject, path: $0.register.path) })
        }
    }

    /// Fields in words: of what, and which.
    func words(_ places: [ConflictPlace], _ localizer: Localizer) throws -> [String] {
        guard !places.isEmpty else { return [] }
        return try reading { view, _ in
            let naming = view.naming
            return try places.map { place in
                let titles = try naming.title(of: place.subject).map { [place.subject: $0] } ?? [:]
                let field = localizer.field(place.path, of: place.subject, titles)
                return "\(field), \(localizer.subject(place.subject, titles))"
            }
        }
    }

    /// What is unlikely of an event that was recorded here.
    func doubts(about subject: String, writing data: JSONValue, _ timeZone: TimeZone) throws -> [Doubt] {
        let today = try likelyTime().day(in: timeZone)
        return try reading { view, _ in
            try Plausibility(view, today: today).doubts(about: subject, writing: data)
        }
    }

    /// What is unlikely of events that were recorded here together, or that would be.
    func doubts(ofAll events: [(subject: String, data: JSONValue)], _ timeZone: TimeZone) throws -> [[Doubt]] {
        let today = try likelyTime().day(in: timeZone)
        return try reading { view, _ in try Plausibility(view, today: today).doubts(ofAll: events) }
    }

    /// Says on standard error what is unlikely.
    func show(_ doubts: [Doubt], about subject: String, _ localizer: Localizer) {
        let kind = String(subject.prefix { $0 != "/" })
        for doubt in doubts { Output.note("ambit: \(doubt.text(localizer, of: kind))") }
        if doubts.contains(where: { $0.code == .future }), let lead = try? clockLead() {
            Output.note("ambit: \(localizer.clockAhead(by: lead))")
        }
        if !doubts.isEmpty { Output.note("ambit: \(localizer.message(.undoTakesBack))") }
    }

    /// Runs the body with an admin's decisions, and shows what happens meanwhile.
    func administering<Value>(_ body: (ReplicaAdministration) async throws -> Value) async throws -> Value {
        try await SyncDisplay.during { display in
            try await body(
                administration { progress in
                    switch progress {
                    case .syncing(let step): display.show(step)
                    case .outdated(let reason): display.showOutdated(because: reason)
                    }
                }
            )
        }
    }

    /// Brings over what others have recorded before something is decided on it, and says so where that cannot be done.
    func pullAndShow() async throws {
        try await SyncDisplay.during { display in
            if let reason = try await pull(progress: { display.show($0) }) { display.showOutdated(because: reason) }
        }
    }
}

extension SyncDisplay {
    fileprivate func showOutdated(because reason: ReplicaError) {
        finish()
        Output.note("ambit: what others have recorded since the last sync could not be brought over: \(reason.message)")
    }
}
