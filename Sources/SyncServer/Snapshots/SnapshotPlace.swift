internal import AgendaModel
internal import EventLog
internal import SyncProtocol

/// Which snapshot of a log: of one that went back and goes on otherwise, or of which an entry was erased since, it is another.
struct SnapshotPlace: Hashable, Sendable {
    let size: LogSize
    /// Of the whole log, when it was made.
    let erasureMark: Int
    /// Of the tree at that size: its first bytes, hexadecimal.
    let root: Substring

    /// Finds out what the snapshot of a size is; blocks.
    ///
    /// - Throws: what the log throws.
    init(of log: any LogReader, at size: LogSize) throws {
        self.size = size
        erasureMark = try log.head().erasureMark
        root = try LogTree(of: log).root(of: 0..<size.rawValue).description.prefix(Self.rootLength)
    }

    /// Whether a log has this in its past, or as its present; blocks.
    ///
    /// - Throws: what the log throws.
    func holds(in log: any LogReader) throws -> Bool {
        try size <= log.head().size && SnapshotPlace(of: log, at: size) == self
    }

    /// nil for what is no name of a place.
    ///
    /// - Parameter folder: as `folder` gives it.
    init?(_ folder: String) {
        let parts = folder.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let size = DecimalNumber.parse(parts[0]), let erasureMark = Int(parts[1]),
            parts[2].count == Self.rootLength
        else { return nil }
        self.size = LogSize(size)
        self.erasureMark = erasureMark
        root = parts[2]
    }

    /// The name of the folder with its files.
    var folder: String { "\(size).\(erasureMark).\(root)" }

    private static let rootLength = 16
}
