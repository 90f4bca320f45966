internal import AgendaModel
internal import EventLog
internal import GRDB

/// Holds the tables `sources` and `runs` against the entries.
///
/// A server has all runs. A replica has those of its own device, of those that it was before as far as it was them, and none
/// of others.
struct CounterRunCheck {
    /// A replica's own device, that is nobody else's; nil for a server.
    private let device: DeviceID?
    private let isReplica: Bool
    /// By source, the run that its last entry belongs to.
    private var open: [CounterRun] = []
    private var count = 0

    /// - Parameters:
    ///   - isReplica: whether runs of others may be missing.
    ///   - device: whose runs a replica must have all; nil for one that shares its device's identity with another.
    init(isReplica: Bool, device: DeviceID?) {
        self.isReplica = isReplica
        self.device = device
    }

    mutating func take(_ entry: CheckedEntry, source: EventSource, _ db: Database) throws {
        let counter = entry.attributes.counter
        let run = CounterRun(source: source, first: counter, last: counter, position: entry.position)
        if entry.source == open.count {
            open.append(run)
            return
        }
        let before = open[entry.source]
        if before.last.next == counter, before.end == entry.position {
            open[entry.source].last = counter
        } else {
            try check(before, db)
            open[entry.source] = run
        }
    }

    /// To be called after the last entry.
    mutating func finish(_ db: Database, format: Int32) throws {
        for run in open { try check(run, db) }
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM runs") == count else {
            throw LogDifference(.table("runs"), "it has runs that are not in the entries")
        }
        let used = isReplica ? try Int.fetchOne(db, sql: "SELECT count(DISTINCT source) FROM runs") : open.count
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sources") == used else {
            throw LogDifference(.table("sources"), "it has sources that are not in the entries")
        }
        guard format >= CheckedTable.runs.firstFormat else { return }
        let other = try String.fetchOne(
            db,
            sql: "SELECT name FROM sources WHERE last IS NOT (SELECT max(last) FROM runs WHERE source = id)"
        )
        if let other {
            throw LogDifference(.row(table: "sources", key: other), "its last counter is not that of its last run")
        }
    }

    /// The greatest counter that each source has used.
    var lastCounters: [EventSource: Counter] {
        Dictionary(uniqueKeysWithValues: open.map { ($0.source, $0.last) })
    }

    private mutating func check(_ run: CounterRun, _ db: Database) throws {
        let place = LogDifference.Place.run(source: run.source, first: run.first)
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT last, position FROM runs
                    WHERE source = (SELECT id FROM sources WHERE name = ?) AND first = ?
                    """
            ),
            arguments: [run.source, run.first]
        )
        let isOwn = !isReplica || run.source == device.map { EventSource($0) }
        guard let row = row.map({ StoredRow($0, place) }) else {
            if isOwn { throw LogDifference(place, "it is missing") }
            return
        }
        let (last, position) = (Counter(try row.integer(0)), Position(try row.integer(1)))
        let isLast = last == run.last || !isOwn && last < run.last
        guard isLast, position == run.position else {
            throw LogDifference(
                place,
                "it is stored up to \(last) from position \(position) on, and the entries have it up to "
                    + "\(run.last) from position \(run.position) on"
            )
        }
        count += 1
    }
}
