import AgendaModel
import EventLog
import EventLogSQLite

/// Holds a server's log against its note of what it has shown.
struct ShownCheck {
    private let path: String
    /// nil for a replica, and where there is none that can be read.
    private let mark: SeenMark?
    private var root: Hash?

    init(reading path: String) {
        self.path = path
        mark = (try? SeenFile(at: path).mark()) ?? nil
        if mark?.size == .zero { root = mark?.root }
    }

    /// Takes the tree with each entry.
    mutating func take(_ edge: TreeEdge) {
        if edge.size == mark?.size { root = edge.root }
    }

    /// - Throws: `LogDifference` when the log does not hold what was shown.
    func finish(at size: LogSize) throws {
        guard let mark else { return }
        guard mark.size <= size else {
            throw LogDifference(
                .file(path),
                "it says that \(mark.size) entries have been shown, and the log has \(size): the log has been cut back or put "
                    + "back from a backup"
            )
        }
        guard mark.root == nil || mark.root == root else {
            throw LogDifference(
                .file(path),
                "it says that \(mark.size) entries with another root have been shown: the log has two histories"
            )
        }
    }
}
