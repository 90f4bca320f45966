internal import EventLog

/// A log that may have lost entries: a server's, or one in a data folder.
protocol RepairTarget: Sendable {
    /// Its latest checkpoint; nil when it is empty.
    func checkpoint() async throws -> String?
    /// Gives it entries.
    ///
    /// - Returns: its checkpoint then.
    func give(_ part: RepairChunk) async throws -> String
}
