package import AgendaModel
package import EventLog
internal import Foundation
internal import GRDB

/// Holds a state file against a fold of the log's entries, as they come.
///
/// Read models can be made again at any time; this is for who wants to know whether what they show is what the log says.
package final class StateFileCheck {
    /// How the file stands.
    package enum Standing: Hashable, Sendable {
        /// There is none; it is made when it is needed.
        case missing
        /// It is of another version, or of nothing yet: nobody reads it, and it is made anew when it is needed.
        case unused
        /// It stands at this size.
        case at(LogSize)
        /// It stands at this size, and entries before it have been erased since.
        ///
        /// It has to be brought up to date before it can be compared.
        case behindErasure(LogSize)
    }

    package private(set) var standing: Standing
    /// The entries folded so far.
    package private(set) var state = State()
    private let path: String
    private var rows: StateRows?
    /// Of the state at the file's size.
    private var digest: Hash?

    /// - Parameter path: the file; it is only read. To be opened before the log, which is then at least as long.
    /// - Throws: `LogDifference` for a file that cannot be read, `ProjectionError`.
    package init(reading path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            standing = .missing
            return
        }
        let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
            throw LogDifference(.file(path), "it is no file but something else, such as a folder or a pipe")
        }
        let rows = try StateRows(reading: path)
        guard let size = rows?.mark.size, size > .zero else {
            standing = .unused
            return
        }
        standing = .at(size)
        self.rows = rows
    }

    /// Takes the next entry.
    ///
    /// - Parameters:
    ///   - entry: the entry.
    ///   - edge: the tree that ends with it.
    ///   - identity: the log's.
    /// - Throws: `LogDifference`, or `ProjectionError`.
    package func take(_ entry: CheckedEntry, _ edge: TreeEdge, of identity: LogIdentity) throws {
        try state.fold(entry: entry.bytes)
        guard let rows else { return }
        let size = LogSize(through: entry.position)
        if case .at(let end) = standing, let tombstone = entry.attributes.tombstone, tombstone.redaction >= end.next {
            standing = .behindErasure(end)
            self.rows = nil
            return
        }
        let isLast = standing == .at(size)
        try rows.checkMark(size, edge)
        if isLast || size.isAtSegmentEnd {
            try rows.checkMentions(
                ofSegment: entry.position.segment,
                subjects: state.takeChangedSubjects()
            )
        }
        guard isLast else { return }
        digest = try rows.finish(state, lastEntry: entry.leaf, identity)
        self.rows = nil
    }

    /// To be called after the last entry.
    ///
    /// - Returns: the digest of the state of the whole log.
    package func finish() throws -> Hash {
        if rows != nil, case .at(let size) = standing {
            throw LogDifference(
                .file(path),
                "it stands at \(size) entries, and the log has \(state.size): the log has been cut back or "
                    + "put back from a backup"
            )
        }
        if let digest, standing == .at(state.size) { return digest }
        return TimeTravel.digest(of: state)
    }
}
