internal import AgendaModel
internal import EventLog
internal import LogClient
internal import SyncProtocol

/// Collects the entries of a live stream up to each checkpoint.
struct LiveCollector {
    /// So many bytes of entries are kept; what is beyond is pulled.
    static let maximumBytes = 4 << 20

    private var entries: ReceivedEntries
    private var size: LogSize
    private var isTooLong = false

    /// Whether entries came after the last checkpoint.
    var isUnproven: Bool { size.next > entries.first }

    /// - Parameter after: where the stream was asked to begin.
    init(after: LogSize) {
        entries = ReceivedEntries(first: after.next)
        size = after
    }

    /// Takes an event.
    ///
    /// - Returns: with a checkpoint, what came before it.
    /// - Throws: `foreign` when the entries do not follow each other, or cannot be what they should.
    mutating func receive(_ event: EventStreamParser.Event) throws(LogClientError) -> ReceivedEntries? {
        switch event.name {
        case "", "message":
            guard DecimalNumber.parse(event.id) == (size + 1).rawValue, !event.data.contains(Lines.newline) else {
                throw LogClientError.foreign("its live stream does not go on from the entry before")
            }
            size += 1
            isTooLong = isTooLong || entries.lines.count + event.data.count >= Self.maximumBytes
            if isTooLong {
                entries.lines = []
            } else {
                entries.lines += event.data
                entries.lines.append(Lines.newline)
            }
            return nil
        case "checkpoint":
            guard let note = String(validating: event.data, as: UTF8.self) else {
                throw LogClientError.foreign("its checkpoint is not UTF-8")
            }
            defer {
                entries = ReceivedEntries(first: size.next)
                isTooLong = false
            }
            // Without what was too long, the sync has to pull.
            return ReceivedEntries(first: isTooLong ? size.next : entries.first, lines: entries.lines, note: note)
        default:
            return nil
        }
    }
}
