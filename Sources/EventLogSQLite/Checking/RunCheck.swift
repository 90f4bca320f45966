internal import AgendaModel
internal import EventLog
internal import GRDB

/// Holds the tables `sources` and `runs` against the entries.
///
/// A server has all runs. A replica has those of its own device, of those that it was before as far as it was them, and none
/// of others.
struct RunCheck {
    /// A replica's own device; nil for a server.
    private let device: String?
    private let isReplica: Bool
    /// By source, the run that its last entry belongs to.
    private var open: [Run] = []
    private var count = 0

    /// - Parameters:
    ///   - isReplica: whether runs of others may be missing.
    ///   - device: whose runs a replica must have all.
    init(isReplica: Bool, device: String?) {
        self.isReplica = isReplica
        self.device = device
    }

    mutating func take(_ entry: CheckedEntry, sources: [String], _ db: Database) throws {
        let counter = entry.attributes.counter
        let run = Run(source: "", first: counter, last: counter, position: Position(entry.position))
        if entry.source == open.count {
            open.append(run)
            return
        }
        let before = open[entry.source]
        let length = before.last.rawValue - before.first.rawValue + 1
        if before.last.rawValue + 1 == counter.rawValue, before.position.rawValue + length == entry.position {
            open[entry.source].last = counter
        } else {
            try check(before, of: sources[entry.source], db)
            open[entry.source] = run
        }
    }

    /// To be called after the last entry.
    mutating func finish(sources: [String], _ db: Database) throws {
        for (number, run) in open.enumerated() { try check(run, of: sources[number], db) }
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM runs") == count else {
            throw LogDifference(.table("runs"), "it has runs that are not in the entries")
        }
        let used = isReplica ? try Int.fetchOne(db, sql: "SELECT count(DISTINCT source) FROM runs") : open.count
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sources") == used else {
            throw LogDifference(.table("sources"), "it has sources that are not in the entries")
        }
    }

    /// By name, the greatest counter that each source has used.
    func last(of sources: [String]) -> [String: Counter] {
        Dictionary(uniqueKeysWithValues: zip(sources, open.map(\.last)))
    }

    private mutating func check(_ run: Run, of source: String, _ db: Database) throws {
        let place = LogDifference.Place.run(source: source, first: run.first.rawValue)
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT last, position FROM runs
                    WHERE source = (SELECT id FROM sources WHERE name = ?) AND first = ?
                    """
            ),
            arguments: [source, run.first.rawValue]
        )
        let isOwn = !isReplica || source == device
        guard let row = row.map({ StoredRow($0, place) }) else {
            if isOwn { throw LogDifference(place, "it is missing") }
            return
        }
        let (last, position) = (try row.integer(0), try row.integer(1))
        let isLast = last == run.last.rawValue || !isOwn && last < run.last.rawValue
        guard isLast, position == run.position.rawValue else {
            throw LogDifference(
                place,
                "it is stored up to \(last) from position \(position) on, and the entries have it up to "
                    + "\(run.last.rawValue) from position \(run.position.rawValue) on"
            )
        }
        count += 1
    }
}
