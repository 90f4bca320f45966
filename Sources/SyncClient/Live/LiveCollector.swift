internal import EventLog
internal import LogClient
internal import SyncProtocol

/// Collects the entries of a live stream up to each checkpoint.
struct LiveCollector {
    /// So many bytes of entries are kept; what is beyond is pulled.
    static let maximumBytes = 4 << 20

    private var entries: ReceivedEntries
    private var size: Int
    private var isTooLong = false

    /// - Parameter after: where the stream was asked to begin.
    init(after: Int) {
        entries = ReceivedEntries(first: after)
        size = after
    }

    /// Takes an event.
    ///
    /// - Returns: with a checkpoint, what came before it.
    /// - Throws: `foreign` when the entries do not follow each other, or cannot be what they should.
    mutating func receive(_ event: EventStreamParser.Event) throws(LogClientError) -> ReceivedEntries? {
        switch event.name {
        case "", "message":
            guard DecimalNumber.parse(event.id) == size + 1, !event.data.contains(Lines.newline) else {
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
                entries = ReceivedEntries(first: size)
                isTooLong = false
            }
            // Without what was too long, the sync has to pull.
            return ReceivedEntries(first: isTooLong ? size : entries.first, lines: entries.lines, note: note)
        default:
            return nil
        }
    }
}
