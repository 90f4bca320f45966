internal import AgendaModel
internal import EventLog
internal import EventLogSQLite

/// Holds a device's own entries in what was pulled against its outbox.
///
/// An entry that is pending here, or was taken to be refused in between, byte for byte, has arrived. Any other one says that somebody else counts for the same
/// device: the replica's folder was copied, or put back from a backup.
struct ClonedDeviceDetector {
    private let outbox: Outbox
    private let device: DeviceID
    private let source: [UInt8]
    /// How the source stands in a line: an event has it in this form only.
    private let attribute: BytePattern
    private var reader = EventReader()

    /// The greatest counter that was looked at; in a log they only grow.
    private var last: Counter
    /// The next events of the outbox, none of them below `last`.
    private var next: ArraySlice<Outbox.Item> = []

    /// Those that are pending here.
    private(set) var runs: [CounterRun] = []
    /// The greatest counter that stands there with something else than is pending here.
    private(set) var foreign: Counter?

    /// - Parameters:
    ///   - device: whose.
    ///   - store: the replica's log and outbox.
    /// - Throws: `LogError`.
    init(of device: DeviceID, in store: SQLiteLogStore) throws {
        outbox = store.outbox
        last = try store.lastCounter(of: EventSource(device)) ?? .zero
        self.device = device
        source = Array(device.rawValue.utf8)
        attribute = BytePattern(#""source":"\#(device)""#)
    }

    /// Looks at a block of entries, which comes after all blocks before.
    ///
    /// - Parameters:
    ///   - entries: each followed by a newline.
    ///   - position: of the first of them.
    ///   - size: entries below it are passed over: they count already.
    /// - Throws: `LogError` when the outbox cannot be read.
    mutating func look(at entries: [UInt8], from position: Position, beyond size: LogSize) throws {
        try entries.withUnsafeBufferPointer { bytes in
            var at = 0
            var position = position
            var counted = 0
            while let place = attribute.firstIndex(in: bytes, from: at) {
                let start = bytes[at..<place].lastIndex(of: Lines.newline).map { $0 + 1 } ?? at
                let end = bytes[place...].firstIndex(of: Lines.newline) ?? bytes.count
                position += Lines.count(in: UnsafeBufferPointer(rebasing: bytes[counted..<start]))
                counted = start
                if position >= size.next {
                    try compare(UnsafeBufferPointer(rebasing: bytes[start..<end]), at: position)
                }
                at = end
            }
        }
    }

    /// The text may also stand in the data of others' events.
    private mutating func compare(_ entry: UnsafeBufferPointer<UInt8>, at position: Position) throws {
        guard let attributes = try? reader.read(entry, as: .entry),
            entry[attributes.source].elementsEqual(source)
        else { return }
        let counter = attributes.counter
        let isPending = try pending(counter)?.event.withUnsafeBufferPointer { EntrySuffix.isEntry(entry, of: $0) }
        if isPending == true {
            runs.extend(source: EventSource(device), counter: counter, position: position)
        } else {
            foreign = max(foreign ?? counter, counter)
        }
    }

    private mutating func pending(_ counter: Counter) throws -> Outbox.Item? {
        guard counter > last else { return nil }
        last = counter
        if let end = next.last, counter <= end.counter {
            next = next.drop { $0.counter < counter }
        } else {
            next = try outbox.unanswered(after: counter - 1, limit: 1024)[...]
        }
        return next.first.flatMap { $0.counter == counter ? $0 : nil }
    }
}
