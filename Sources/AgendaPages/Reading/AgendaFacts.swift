internal import AgendaModel
package import Projections

/// What pages have to know of all documents at once.
///
/// Made by reading every document, or from earlier facts by reading what changed since.
package struct AgendaFacts: Sendable {
    /// How many entries of the log they stand for.
    private(set) var size: LogSize
    /// How far each target has come; those of an ambition stand together.
    private(set) var progress: [Progress] = []
    private(set) var overview = OverviewRows()
    /// How many subjects there are of each kind.
    private(set) var counts: [String: Int] = [:]
    /// The agenda itself; nil when nobody has founded it.
    private(set) var agenda: (subject: String, document: JSONValue)?
    private(set) var referrers = Referrers()
    /// How many projects are in each phase.
    private(set) var phases: [String: Int] = [:]
    /// Where projects are, as far as they say.
    private(set) var places: [PlaceMap.Point] = []
    /// Where those of each ambition stand in `progress`.
    private var targetsOf: [String: Range<Int>] = [:]
    /// Of `counts`, those that are in the log.
    private var logged: [String: Int] = [:]
    private var phaseOf: [String: String] = [:]
    private var placeOf: [String: PlaceMap.Point] = [:]
    /// Of milestones that were neither reached nor dropped.
    private var dueOf: [String: String] = [:]
    /// The subjects that pending events were laid over.
    private var overlaid: [String]

    /// Reads every document once.
    package init(_ view: StateView) throws {
        size = view.size
        overlaid = view.pendingSubjects
        for kind in Catalogue.current.kinds {
            guard let fields = Self.references[kind.name] else {
                counts[kind.name] = try view.count(kind: kind.name)
                continue
            }
            try view.forEachDocument(kind: kind.name) { subject, document in
                counts[kind.name, default: 0] += 1
                let gist = try DocumentGist(document, of: kind.name, referringIn: fields)
                for target in gist.targets { referrers.append(gist.item(subject), of: kind.name, to: target) }
                note(subject, gist)
                return true
            }
        }
        logged = counts
        for subject in try view.newSubjects() { logged[subject.kindPart, default: 0] -= 1 }
        try finish(view)
    }

    /// The facts of a later state of the same log.
    ///
    /// - Parameters:
    ///   - view: the later state; not one in memory.
    ///   - subjects: that entries since then changed.
    ///   - created: of these, how many are new, by kind.
    /// - Returns: the facts.
    /// - Throws: what reading throws.
    func following(
        _ view: StateView,
        changed subjects: some Sequence<String>,
        created: [String: Int]
    ) throws -> AgendaFacts {
        var facts = self
        facts.size = view.size
        facts.overlaid = view.pendingSubjects
        let changed = Set(subjects).union(overlaid).union(facts.overlaid)
        facts.referrers.remove(changed)
        for subject in changed {
            let kind = subject.kindPart
            guard let fields = Self.references[kind] else { continue }
            let gist = try view.document(of: subject).map { try DocumentGist($0, of: kind, referringIn: fields) }
            facts.note(subject, gist)
            guard let gist else { continue }
            for target in gist.targets { facts.referrers.insert(gist.item(subject), of: kind, to: target) }
        }
        for (kind, count) in created { facts.logged[kind, default: 0] += count }
        facts.counts = facts.logged
        for subject in try view.newSubjects() { facts.counts[subject.kindPart, default: 0] += 1 }
        for kind in Catalogue.current.kinds where !kind.types.contains(where: \.isCreating) {
            facts.counts[kind.name] = try view.count(kind: kind.name)
        }
        try facts.finish(view)
        return facts
    }

    private mutating func finish(_ view: StateView) throws {
        progress = try view.progress()
        targetsOf = [:]
        for (place, target) in progress.enumerated() {
            let first = targetsOf[target.ambition]?.lowerBound ?? place
            targetsOf[target.ambition] = first..<place + 1
        }
        overview = try OverviewRows(view, referrers, targets: targetsOf)
        phases = phaseOf.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        places = Array(placeOf.values)
        agenda = nil
        try view.forEachDocument(kind: "agenda") { subject, document in
            agenda = (subject, try JSONValue(folded: document))
            return false
        }
    }

    private mutating func note(_ subject: String, _ gist: DocumentGist?) {
        switch subject.kindPart {
        case "project":
            phaseOf[subject] = gist?.phase
            placeOf[subject] = gist?.place
        case "milestone": dueOf[subject] = gist?.isOpen == true ? gist?.due : nil
        default: break
        }
    }

    /// By kind, the fields that refer to subjects; only kinds that have some.
    private static let references: [String: [String]] = Dictionary(
        uniqueKeysWithValues: Catalogue.current.kinds.compactMap { kind in
            let fields = kind.fields.filter { refers($0.form) }.map(\.name)
            return fields.isEmpty ? nil : (kind.name, fields)
        }
    )

    private static func refers(_ form: Catalogue.Form) -> Bool {
        switch form {
        case .reference, .map: true
        default: false
        }
    }
}

extension AgendaFacts {
    /// How far each target of an ambition has come.
    func targets(of ambition: String) -> ArraySlice<Progress> { progress[targetsOf[ambition] ?? 0..<0] }

    /// The projects in a phase, sorted bytewise.
    func projects(in phase: String) -> [String] { phaseOf.filter { $0.value == phase }.map(\.key).sorted() }

    /// The milestones that were due last, and are neither reached nor dropped, the last one first.
    func overdue(on today: String, atMost count: Int) -> [(subject: String, due: String)] {
        var last: [(subject: String, due: String)] = []
        for (subject, due) in dueOf where due < today {
            if last.count == count, let least = last.last, (least.due, least.subject) >= (due, subject) { continue }
            let place = last.firstIndex { ($0.due, $0.subject) < (due, subject) } ?? last.count
            last.insert((subject, due), at: place)
            if last.count > count { last.removeLast() }
        }
        return last
    }
}
