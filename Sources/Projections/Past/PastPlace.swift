package import AgendaModel
package import EventLog

/// Which state of the past.
///
/// Of a log that went back and goes on otherwise, or of which an entry was erased since, it is another one.
package struct PastPlace: Hashable, Sendable {
    /// The name of the log.
    package let origin: String
    package let size: LogSize
    /// Of the log's head: a state that was folded before an entry was erased holds what was.
    package let erasureMark: Int
    /// Of the log at that size.
    private let root: Hash

    /// Finds out what the state at a size is; blocks, for long entries may have to be read.
    ///
    /// - Throws: what the log throws.
    package init(of log: any LogReader, at size: LogSize) throws {
        let head = try log.head()
        origin = log.identity.origin
        self.size = size
        erasureMark = head.erasureMark
        root = try LogTree(of: log).root(of: 0..<min(size, head.size).rawValue)
    }

    /// Whether a log has this state in its past, or as its present.
    package func holds(in log: any LogReader) throws -> Bool {
        let head = try log.head()
        guard log.identity.origin == origin, head.erasureMark == erasureMark, size <= head.size else { return false }
        return try LogTree(of: log).root(of: 0..<size.rawValue) == root
    }
}
