package import AgendaModel

/// How far mirroring is.
package enum MirrorProgress: Hashable, Sendable {
    /// Reading the log's checkpoint.
    case checking
    /// Fetching entries and checking them; both counts are sizes of the log.
    case fetching(size: LogSize, of: LogSize)
    /// An attempt failed; the next comes after this time.
    case waiting(Duration, because: LogClientError)
}
