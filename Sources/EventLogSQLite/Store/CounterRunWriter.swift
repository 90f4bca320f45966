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

    private var sources: [EventSource: Source] = [:]

    /// - Throws: `malformed` when a run does not come after those that its source has.
    static func insert(_ runs: [CounterRun], _ db: Database) throws {
        var writer = CounterRunWriter()
        for run in runs { try writer.add(run, db) }
        for source in writer.sources.values { try writer.storeExtension(of: source, db) }
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
        try db.cachedStatement(sql: "INSERT INTO runs (source, first, last, position) VALUES (?, ?, ?, ?)")
            .execute(arguments: [source.id, run.first, run.last, run.position])
        sources[run.source] = Source(id: source.id, last: run)
    }

    private func storeExtension(of source: Source, _ db: Database) throws {
        guard source.isExtended, let run = source.last else { return }
        try db.cachedStatement(sql: "UPDATE runs SET last = ? WHERE source = ? AND first = ?")
            .execute(arguments: [run.last, source.id, run.first])
    }

    private static func find(_ name: EventSource, _ db: Database) throws -> Source {
        let id = try Int64.fetchOne(
            try db.cachedStatement(sql: "SELECT id FROM sources WHERE name = ?"),
            arguments: [name]
        )
        guard let id else {
            try db.cachedStatement(sql: "INSERT INTO sources (name) VALUES (?)").execute(arguments: [name])
            return Source(id: db.lastInsertedRowID)
        }
        let last = try Row.fetchOne(
            try db.cachedStatement(
                sql: "SELECT first, last, position FROM runs WHERE source = ? ORDER BY first DESC LIMIT 1"
            ),
            arguments: [id]
        ).map { CounterRun(source: name, first: $0[0], last: $0[1], position: $0[2]) }
        return Source(id: id, last: last)
    }
}
