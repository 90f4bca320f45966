package import AgendaModel
package import EventLog
package import Projections

/// A file that snapshots have: the same bytes for the same size, wherever and whenever it is made.
package enum SnapshotFile: String, CaseIterable, Sendable {
    case log = "log.ndjson"
    case state = "state.json"
    case tables = "tables.zip"
    case database = "tables.sqlite"
    case workbook = "tables.xlsx"
    case map = "projects.geojson"
    case catalog = "catalog.jsonld"

    /// What the file is called.
    package var name: String { rawValue }

    /// What HTTP calls what is in it.
    package var mediaType: String {
        switch self {
        case .log: "application/x-ndjson"
        case .state: "application/json"
        case .tables: "application/zip"
        case .database: "application/vnd.sqlite3"
        case .workbook: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .map: "application/geo+json"
        case .catalog: "application/ld+json"
        }
    }

    /// Writes the file.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - set: whom it is for.
    ///   - workspace: where what passes is kept.
    ///   - progress: called now and then with the size reached.
    ///   - write: takes the file's next bytes.
    /// - Returns: the snapshot that it was made of.
    /// - Throws: `ProjectionError`: `beyondLog`, `tooLarge`, `diskFull` or `inputOutput`; and what the writer throws.
    package func write(
        of log: any LogReader,
        at size: LogSize,
        for set: SnapshotSet,
        in workspace: FoldedState.Workspace = FoldedState.Workspace(),
        progress: ((LogSize) -> Void)? = nil,
        to write: Export.Writer
    ) throws -> Snapshot {
        precondition(set.has(self), "nobody may have this file")
        switch self {
        case .tables:
            return try TablePackage.write(of: log, at: size, for: set, in: workspace, progress: progress, to: write)
        case .database:
            return try TableDatabase.write(of: log, at: size, for: set, in: workspace, progress: progress, to: write)
        case .catalog:
            return try SnapshotCatalog.write(
                of: log,
                at: size,
                for: set,
                in: workspace,
                progress: progress,
                to: write
            )
        case .log, .state, .workbook, .map:
            let snapshot = try Snapshot(of: log, at: size, in: workspace, progress: progress)
            switch self {
            case .log: try Export.ndjson(of: log, upTo: size, write)
            case .state: try Export.json(of: snapshot.state, with: snapshot.manifest, personal: set.personal, write)
            case .workbook: try Workbook.write(snapshot, for: set, to: write)
            default: try ProjectMap.write(snapshot, to: write)
            }
            return snapshot
        }
    }
}
