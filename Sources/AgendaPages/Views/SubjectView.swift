internal import AgendaModel
internal import EventLog
internal import Projections
internal import Wording

/// A subject: what it is, what belongs to it, and what happened to it.
struct SubjectView {
    struct Fact {
        var name: String
        var values: [Value]
        var isConflict: Bool
        /// Where to check it.
        var proof: String?
    }

    struct Value {
        var text: String
        var href: String?
        var note: String?
    }

    struct Step {
        var text: String
        /// `done`, `now`, or `ahead`.
        var mark: String
        var isNow: Bool
    }

    struct Milestone {
        var title: String
        var href: String
        var day: String
        var words: String
        var mark: String
        var reach: String?
    }

    var kind: String
    var kindHref: String
    var subject: String
    var title: String
    /// Where every value comes from, and whether the log has it.
    var proofs: String?
    var standing: PageMark?
    var reason: String?
    var texts: [String]
    var facts: [Fact]
    var hasFacts: Bool
    var conflict: PageLink?
    var actions: [PageLink]
    var hasActions: Bool
    var phases: [Step]
    var hasPhases: Bool
    var targets: [TargetFigure]
    var hasTargets: Bool
    /// Where there are more than a page has.
    var targetPaging: Paging?
    var charts: [ChartView]
    var milestones: [Milestone]
    var hasMilestones: Bool
    /// Where there are more than a page has.
    var moreMilestones: PageLink?
    var tables: [TableView]
    var place: PlaceView?
    var happenings: [Happening]
    var hasHappenings: Bool
    var moreHappenings: String?
}

extension SubjectView {
    /// nil when there is no such subject, or none of its targets is on the page.
    init?(_ subject: String, page: Int, _ reader: AgendaReader) throws {
        guard let document = try reader.document(subject),
            let found = reader.targets(of: subject, on: page, at: subject)
        else { return nil }
        let (visit, kind) = (reader.visit, subject.kindPart)
        let registers = try reader.view.registers(of: subject)
        let conflicts = Set(registers.filter(\.isConflict).map(\.path))
        self.kind = Vocabulary.kind(kind, visit.language)
        kindHref = visit.href("all/\(kind)")
        self.subject = subject
        title = try Self.title(of: subject, document, reader)
        let proofs = reader.proofs == nil ? nil : visit.href("proof/\(subject)")
        self.proofs = proofs
        standing = reader.standing(document, of: subject)
        reason = registers.hasReasonThatHolds ? document["reason"]?.text : nil
        let title = title
        texts = Self.texts.compactMap { document[$0]?.text }.filter { $0 != title }
        facts = try Self.facts(of: subject, document, conflicts: conflicts, reader)
        hasFacts = !facts.isEmpty
        conflict =
            conflicts.isEmpty || visit.desk == nil || visit.past != nil
            ? nil : PageLink(text: visit.say(.pageInConflict), href: visit.address("conflicts", [("of", subject)]))
        actions = Self.actions(kind, of: subject, document: document, visit)
        hasActions = !actions.isEmpty
        phases = kind == "project" ? Self.phases(document["phase"]?.text, visit) : []
        hasPhases = !phases.isEmpty
        let start = reader.facts.agenda?.document["from"]?.text
        targetPaging = found.paging
        let sums = visit.href("proof/\(subject)", page > 1 ? [("page", "\(page)")] : [])
        targets = try found.shown.map { progress in
            var figure = try TargetFigure(progress, from: start, reader)
            figure.proof = proofs.map { _ in "\(sums)#\(ProofView.anchor(sum: progress.indicator))" }
            return figure
        }
        hasTargets = !targets.isEmpty
        charts = try ChartView.charts(of: found.shown, reader)
        milestones = kind == "project" ? try Self.milestones(of: subject, reader) : []
        hasMilestones = !milestones.isEmpty
        moreMilestones = hasMilestones ? reader.rest(of: subject, kind: "milestone", beyond: Self.maximumRows) : nil
        tables = try Self.tables(of: subject, kind, reader)
        place = PlaceView(document["location"], reader)
        let last = try reader.happenings?.about(subject, for: reader)
        happenings = last ?? []
        hasHappenings = !happenings.isEmpty
        moreHappenings = hasHappenings ? visit.href("history", [("about", subject)]) : nil
    }
}

extension PageVisit {
    /// Whether forms are offered.
    var canRecord: Bool { desk.map { $0.role >= .recorder } ?? false && past == nil }
}

extension Happenings {
    /// The last that happened to a subject, newest first.
    ///
    /// - Throws: what reading throws.
    func about(_ subject: String, for reader: AgendaReader) throws -> [Happening] {
        try last(12, fitting: HistoryFilter(subjects: [subject]), for: reader).items
    }
}
