internal import AgendaModel

/// Looks up events of one source that the store may have already, and compares their bytes.
struct StoredEvents {
    enum Finding: Sendable {
        /// It is in the log, with these bytes.
        case entry(Position)
        /// It was refused, with these bytes.
        case rejected(EventProblem)
        /// The identity is taken by an event with other bytes.
        case otherBytes
        case unknown
    }

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
            try load(position)
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

    /// Has an entry in memory, with all of its segment.
    ///
    /// To read one may take unpacking all, and retries repeat many events, in a row or with gaps.
    private mutating func load(_ position: Position) throws {
        guard position < first || position >= first + lines.count else { return }
        let start = Position(position.segment * Segment.entryCount)
        let end = min(start + Segment.entryCount, try store.head().size.next)
        bytes = try store.entries(start..<end)
        first = start
        lines = []
        bytes.withUnsafeBufferPointer { bytes in Lines.forEach(in: bytes) { lines.append($0) } }
        guard lines.count == end - start else {
            lines = []
            throw LogError(
                .corrupt,
                "entries \(start) to \(end - 1) cannot be read as lines; run 'ambit verify'"
            )
        }
    }
}
