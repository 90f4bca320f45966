internal import AgendaModel

/// Looks up events of one source that the store may have already, and compares their bytes.
struct StoredEvents {
    enum Finding {
        /// It is in the log, with these bytes.
        case entry(Position)
        /// It was refused, with these bytes.
        case rejected(EventProblem)
        /// The identity is taken by an event with other bytes.
        case otherBytes
        case unknown
    }

    /// Entries that are read at a time: retries repeat many events in a row.
    private static let entriesPerRead = Segment.entryCount

    private let store: any LogStore
    private let source: EventSource
    private var run: CounterRun?
    private var first = Position(0)
    private var bytes: [UInt8] = []
    private var lines: [Range<Int>] = []

    init(store: any LogStore, source: EventSource) {
        self.store = store
        self.source = source
    }

    mutating func find(_ counter: Counter, _ event: UnsafeBufferPointer<UInt8>) throws -> Finding {
        if let run = try run(containing: counter) {
            let position = run.position(of: counter)
            try load(position..<run.end)
            let line = lines[position - first]
            let isSame = bytes.withUnsafeBufferPointer {
                EntrySuffix.isEntry(UnsafeBufferPointer(rebasing: $0[line]), of: event)
            }
            return isSame ? .entry(position) : .otherBytes
        }
        if let rejection = try store.rejection(of: source, counter: counter) {
            return rejection.isOf(event) ? .rejected(rejection.problem) : .otherBytes
        }
        return .unknown
    }

    private mutating func run(containing counter: Counter) throws -> CounterRun? {
        if let run, run.first <= counter, counter <= run.last { return run }
        run = try store.run(of: source, containing: counter)
        return run
    }

    /// Has the first entry of a range, and some that follow it, in memory.
    private mutating func load(_ range: Range<Position>) throws {
        let position = range.lowerBound
        guard position < first || position >= first + lines.count else { return }
        let end = min(range.upperBound, position + Self.entriesPerRead)
        bytes = try store.entries(position..<end)
        first = position
        lines = []
        bytes.withUnsafeBufferPointer { bytes in Lines.forEach(in: bytes) { lines.append($0) } }
        guard lines.count == end - position else {
            lines = []
            throw LogError(
                .corrupt,
                "entries \(position) to \(end - 1) cannot be read as lines; run 'ambit verify'"
            )
        }
    }
}
