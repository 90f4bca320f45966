internal import AgendaModel
internal import AgendaPages
internal import EventLog
internal import Foundation
internal import Projections
internal import Snapshots
internal import SyncClient
internal import TypedInput
internal import Wording

/// A replica as its pages show it: read for each page, recorded into by forms.
struct Desk: Sendable {
    let replica: Replica
    let sync: BackgroundSync
    let environment: RuntimeEnvironment
    let timeZone: TimeZone
    /// What stands before the paths of all pages.
    let base: String
    let token: String
    private let facts = FactsCache()
    private let past = PastAgendas()
    let comparisons = LastComparison()

    init(
        _ replica: Replica,
        _ sync: BackgroundSync,
        environment: RuntimeEnvironment,
        timeZone: TimeZone,
        base: String,
        token: String
    ) {
        self.replica = replica
        self.sync = sync
        self.environment = environment
        self.timeZone = timeZone
        self.base = base
        self.token = token
    }

    /// A visit to a page.
    ///
    /// - Parameters:
    ///   - path: below the base, with its query.
    ///   - language: of whoever looks.
    ///   - notice: what is told above the page.
    /// - Returns: the visit, as the replica stands now.
    /// - Throws: `ReplicaError`.
    func visit(to path: String, in language: Language, telling notice: PageVisit.Notice? = nil) throws -> PageVisit {
        var visit = PageVisit(
            localizer: Localizer(language, in: timeZone),
            today: environment.now().day(in: timeZone),
            base: base,
            path: path
        )
        let (mark, own, next, status) = try standing()
        visit.desk = PageVisit.Desk(
            notSent: status.pending,
            refused: status.refused,
            conflicts: status.conflicts,
            role: try replica.role() ?? .auditor,
            token: token,
            mark: mark
        )
        visit.desk?.overtaken = status.overtaken.count
        visit.desk?.own = own
        visit.desk?.next = Counter(next)
        if let lead = status.clockLead {
            let likely = Timestamp(millisecondsSince1970: environment.now().millisecondsSince1970 - lead)
            visit.likelyDay = likely.day(in: timeZone)
        }
        visit.notice = notice
        visit.files = SnapshotFile.allCases.map { PageVisit.File($0.name) }
        return visit
    }

    /// Reads the agenda as it is here, with what has not been sent.
    ///
    /// - Parameters:
    ///   - visit: who looks.
    ///   - wanted: what a page that shows where values come from is to check.
    ///   - body: gets the pages.
    /// - Returns: what the body returns.
    /// - Throws: what reading throws.
    func reading<Value>(
        _ visit: PageVisit,
        checking wanted: ProofSource.Wanted? = nil,
        _ body: (AgendaPages) throws -> Value
    ) throws -> Value {
        let log = replica.log
        return try replica.reading { view, pending in
            let key = FactsCache.Key(size: view.size, pending: pending.last, pendingCount: pending.count)
            let facts = try facts.facts(key, of: view, in: log)
            return try body(Self.pages(view, facts: facts, visit, in: log, checking: wanted))
        }
    }

    private static func pages(
        _ view: StateView,
        facts: AgendaFacts,
        _ visit: PageVisit,
        in log: any LogReader,
        checking wanted: ProofSource.Wanted?
    ) -> AgendaPages {
        AgendaPages(
            AgendaReader(
                view,
                facts: facts,
                visit: visit,
                happenings: Happenings(in: log, upTo: view.size),
                proofs: ProofSource(log, checkedBy: .here(wanted))
            )
        )
    }

    /// A file that shows to anybody with the log's key that an entry is in the log.
    ///
    /// - Parameter position: the entry's.
    /// - Returns: nil where there is no such entry, or nothing is left of it.
    /// - Throws: what the log throws.
    func evidence(of position: Position) throws -> [UInt8]? {
        do {
            return try Array(replica.evidence(of: position).text.utf8)
        } catch let error as LogError where error.code == .notFound {
            return nil
        }
    }

    /// Reads the agenda as it was.
    func reading<Value>(
        at size: LogSize,
        _ visit: PageVisit,
        checking wanted: ProofSource.Wanted? = nil,
        _ body: (AgendaPages) throws -> Value
    ) throws -> Value {
        var visit = visit
        let log = replica.log
        visit.past = PageVisit.Past(size: size, time: size > .zero ? try log.recordedTime(at: (size - 1).next) : nil)
        if let time = visit.past?.time { visit.today = time.day(in: timeZone) }
        return try agenda(at: PastPlace(of: log, at: size)).read { view, facts in
            try body(Self.pages(view, facts: facts, visit, in: log, checking: wanted))
        }
    }

    private func agenda(at place: PastPlace) throws -> PastAgenda {
        if let known = past.agenda(at: place) { return known }
        let workspace = FoldedState.Workspace(memory: Self.memoryOfPast)
        let agenda = try PastAgenda(of: replica.log, at: place, personal: .included, in: workspace)
        past.keep(agenda)
        return agenda
    }

    /// Larger states are kept in files that go with them: laptops of field staff have little memory.
    private static let memoryOfPast = ByteCount(320 << 20)

    /// The size that somebody means: a number, or a day, which is taken whole.
    ///
    /// - Returns: nil for what is neither, or more than there is.
    /// - Throws: `InputError` for a day that may be meant in two ways; `ReplicaError`.
    func size(meaning text: String, _ visit: PageVisit) throws -> LogSize? {
        let log = replica.log
        let end = try log.head().size
        if let number = Int(text) { return (0...end.rawValue).contains(number) ? LogSize(number) : nil }
        guard let day = try DayText.value(text, by: person(visit)),
            let moment = Timestamp(endOf: day, in: timeZone)
        else { return nil }
        return min(end, try log.size(at: moment))
    }

    /// Who types into forms.
    func person(_ visit: PageVisit) -> Typist {
        Typist(visit.localizer.language, now: environment.now(), in: timeZone)
    }

    /// Whether all that the server had is here.
    func hasArrived() throws -> Bool { try replica.status().lastSync != nil }

    /// Changes whenever a page may show something else.
    func mark() throws -> String { try standing().mark }

    /// How the replica stands, the mark of that, its devices, and the counter of its next event.
    private func standing() throws -> (mark: String, own: OwnDevices, next: Int, status: ReplicaStatus) {
        // What of the mark is not the status is read before it: what changes after that is noticed by the page.
        let changes = sync.changes
        // A laptop that becomes another device in between counts as one that has been another since.
        let own = try replica.ownDevices()
        let next = try replica.nextEventID()
        let status = try replica.status()
        let parts = [
            status.size.rawValue, status.pending, status.refused, status.conflicts, status.overtaken.count, changes,
            next,
        ]
        return (parts.map(String.init).joined(separator: "-"), own, next, status)
    }
}
