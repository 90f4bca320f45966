import AgendaModel
import EventLog
import EventLogSQLite

/// Holds a server's log against its note of what it has shown.
struct ShownCheck {
    private let path: String
    /// nil for a replica, and where there is none that can be read.
    private let mark: SeenMark?
    private let sizes: Set<LogSize>
    /// The smallest size at which the log is another one than has been shown.
    private var contradiction: LogSize?

    init(reading path: String) {
        self.path = path
        mark = (try? SeenFile(at: path).mark()) ?? nil
        sizes = Set(mark?.sizesWithRoot ?? [])
    }

    /// Takes the tree with each entry.
    mutating func take(_ edge: TreeEdge) {
        guard contradiction == nil, sizes.contains(edge.size) else { return }
        if mark?.contradicts(edge.root, at: edge.size) == true { contradiction = edge.size }
    }

    /// - Throws: `LogDifference` when the log does not hold what was shown.
    func finish(at size: LogSize) throws {
        guard let mark else { return }
        guard mark.greatestSize <= size else {
            throw LogDifference(
                .file(path),
                "it says that \(mark.greatestSize) entries have been shown, and the log has \(size): the log has been cut back or put "
                    + "back from a backup"
            )
        }
        if let contradiction {
            throw LogDifference(
                .file(path),
                "it says that \(contradiction) entries with another root have been shown: the log has two histories"
            )
        }
    }
}
