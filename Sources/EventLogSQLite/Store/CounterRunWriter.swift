internal import AgendaModel
internal import EventLog
internal import GRDB

/// Adds runs to the table `runs`; one that continues the last run of its source extends it.
///
/// Looks each source up once, however many of the runs it has.
struct CounterRunWriter {
    private struct Source {
        var id: Int64
        var last: CounterRun?
        /// Where the last run is stored, when it still has to be extended there.
        var isExtended = false
    }

    private static let insertRun = "INSERT \(CheckedTable.runs.insertion)"

    private var sources: [EventSource: Source] = [:]

    /// - Throws: `malformed` when a run does not come after those that its source has.
    static func insert(_ runs: [CounterRun], _ db: Database) throws {
        var writer = CounterRunWriter()
        for run in runs { try writer.add(run, db) }
        for source in writer.sources.values {
            try writer.storeExtension(of: source, db)
            try writer.storeLastCounter(of: source, db)
        }
    }

    private mutating func add(_ run: CounterRun, _ db: Database) throws {
        var source = try sources[run.source] ?? Self.find(run.source, db)
        if let last = source.last {
            guard last.last < run.first else {
                throw LogError(.malformed, "a run's counters are not above those that its source has in the log")
            }
            if run.first == last.last.next, run.position == last.end {
                source.last?.last = run.last
                source.isExtended = true
                sources[run.source] = source
                return
            }
        }
        try storeExtension(of: source, db)
        try db.cachedStatement(sql: Self.insertRun)
            .execute(arguments: [source.id, run.first, run.last, run.position])
        sources[run.source] = Source(id: source.id, last: run)
    }

    private func storeExtension(of source: Source, _ db: Database) throws {
        guard source.isExtended, let run = source.last else { return }
        let check = CheckedTable.runs.check(["last": "?1"])
        try db.cachedStatement(sql: "UPDATE runs SET last = ?1, crc = \(check) WHERE source = ?2 AND first = ?3")
            .execute(arguments: [run.last, source.id, run.first])
    }

    private func storeLastCounter(of source: Source, _ db: Database) throws {
        guard let run = source.last else { return }
        let check = CheckedTable.sources.check(["last": "?1"])
        try db.cachedStatement(sql: "UPDATE sources SET last = ?1, crc = \(check) WHERE id = ?2")
            .execute(arguments: [run.last, source.id])
    }

    private static func find(_ name: EventSource, _ db: Database) throws -> Source {
        let known = try Row.fetchOne(
            try db.cachedStatement(sql: "SELECT id, last, \(CheckedTable.sources.isHeld) FROM sources WHERE name = ?"),
            arguments: [name]
        )
        guard let known else {
            // One whose name a disk has changed would begin anew, and have its events taken twice.
            try CheckedTable.sources.holdNames(db)
            let id = (try Int64.fetchOne(db, sql: "SELECT max(id) FROM sources") ?? 0) + 1
            try db.cachedStatement(sql: "INSERT \(CheckedTable.sources.insertion)").execute(arguments: [id, name, 0])
            return Source(id: id)
        }
        try CheckedTable.sources.hold(known, 2)
        let id = known[0] as Int64
        let row = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT first, last, position, \(CheckedTable.runs.isHeld) FROM runs
                    WHERE source = ? ORDER BY first DESC LIMIT 1
                    """
            ),
            arguments: [id]
        )
        // A run that is found no more, since a disk has changed where it is looked for, is missed.
        guard let row else { throw DamagedRow(table: .runs) }
        try CheckedTable.runs.hold(row, 3)
        let last = CounterRun(source: name, first: row[0], last: row[1], position: row[2])
        guard last.last == (known[1] as Counter) else { throw DamagedRow(table: .runs) }
        return Source(id: id, last: last)
    }
}
