internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

/// Entries that came without having been asked for by a sync: over a live stream, or in answer to a long poll.
///
/// Nothing of it is trusted: a sync takes it as it takes what it pulls.
struct ReceivedEntries: Hashable {
    /// The position of the first entry.
    var first: Position
    /// The entries, each followed by a newline.
    var lines: [UInt8] = []
    /// The checkpoint that came with them.
    var note: String?

    /// The size that the checkpoint speaks of; nil when there is none, or when it cannot be read.
    var size: LogSize? {
        note.flatMap { note in
            let lines = note.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
            return lines.count == 3 ? DecimalNumber.parse(lines[1]).map { LogSize($0) } : nil
        }
    }
}
