internal import AgendaModel
internal import EventLog

/// Counts the entries of others that an author had not seen.
///
/// Keeps four bytes for each entry, but where a log can be asked.
struct UnseenEntries {
    /// In order, by source.
    private var bySource: [EventSource: [UInt32]] = [:]
    /// In order; nil when it is all of a log, where position and count are the same.
    private var all: [UInt32]?
    /// Knows the positions of each source by itself: then nothing is noted.
    private let log: (any LogStore)?

    /// - Parameter isOfSubject: whether only some of the log's entries are noted.
    init(isOfSubject: Bool) {
        all = isOfSubject ? [] : nil
        log = nil
    }

    /// Of all entries of a log, whichever of them are noted.
    init(of log: any LogStore) { self.log = log }

    /// Whether only some of the log's entries are noted.
    var isOfSubject: Bool { all != nil }

    /// Notes an entry, after all before it.
    mutating func note(_ position: Position, by source: EventSource) {
        guard log == nil else { return }
        let number = UInt32(truncatingIfNeeded: position.rawValue)
        bySource[source, default: []].append(number)
        all?.append(number)
    }

    /// How many of the entries stand at the basis or later, and are by somebody else.
    ///
    /// To be asked before the entry at `position`, with this counter, is noted.
    ///
    /// - Throws: what the log throws.
    func count(before position: Position, basis: LogSize, source: EventSource, counter: Counter) throws -> Int {
        let total = all.map { Self.count(in: $0, from: basis) } ?? position - basis.next
        let own =
            try log.map { try Self.count(of: source, before: counter, from: basis.next, in: $0) }
            ?? Self.count(in: bySource[source] ?? [], from: basis)
        return max(0, total - own)
    }

    private static func count(in positions: [UInt32], from basis: LogSize) -> Int {
        var (low, high) = (0, positions.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(positions[middle]) < basis.rawValue { low = middle + 1 } else { high = middle }
        }
        return positions.count - low
    }

    /// How many entries of a source stand at a position or later: goes back from run to run.
    private static func count(
        of source: EventSource,
        before counter: Counter,
        from start: Position,
        in log: any LogStore
    ) throws -> Int {
        var count = 0
        var last = counter - 1
        while last > .zero, let run = try log.run(of: source, upTo: last) {
            let end = run.position(of: min(last, run.last)).next
            guard end > start else { break }
            count += end - max(run.position, start)
            last = run.first - 1
        }
        return count
    }
}
