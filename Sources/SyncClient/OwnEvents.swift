internal import AgendaModel
internal import EventLog
internal import EventLogSQLite

/// Holds this device's events against the entries at the places that the server named.
///
/// Reads a segment once for events that come in order.
struct OwnEvents {
    private let store: SQLiteLogStore
    private let receiver: PullReceiver
    private let size: Int
    private let staged: Range<Int>

    private var block: [UInt8] = []
    private var lines: [Range<Int>] = []
    private var first = 0

    init(store: SQLiteLogStore, receiver: PullReceiver) throws {
        self.store = store
        self.receiver = receiver
        size = try store.head().size.rawValue
        staged = try store.stagedSegments()
    }

    /// - Parameters:
    ///   - event: as it was recorded.
    ///   - counter: the event's number, for the message.
    ///   - position: in the log, the staged segments, or the receiver's tail.
    /// - Throws: `alteredEvent`.
    mutating func check(_ event: [UInt8], counter: Int, at position: Int) throws {
        if !(first..<first + lines.count).contains(position) { try load(around: position) }
        let index = position - first
        let matches =
            lines.indices.contains(index)
            && block.withUnsafeBufferPointer { block in
                event.withUnsafeBufferPointer { event in
                    EntrySuffix.isEntry(UnsafeBufferPointer(rebasing: block[lines[index]]), of: event)
                }
            }
        guard matches else {
            throw ReplicaError(
                .alteredEvent,
                "the server says that event \(counter) of this laptop is entry \(position), but that entry is not what was "
                    + "recorded here",
                nextStep: "nothing was taken over and nothing is lost; show this to the agenda's administrator"
            )
        }
    }

    private mutating func load(around position: Int) throws {
        let number = position / Segment.entryCount
        first = number * Segment.entryCount
        if staged.contains(number), let segment = try store.staged(number..<number + 1).first {
            block = try segment.entries()
        } else if first >= receiver.wholeSize {
            first = receiver.wholeSize
            block = receiver.tail
        } else {
            block = try store.entries(Position(first)..<Position(min(first + Segment.entryCount, size)))
        }
        lines = []
        block.withUnsafeBufferPointer { bytes in Lines.forEach(in: bytes) { lines.append($0) } }
    }
}
