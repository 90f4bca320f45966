internal import AgendaModel

/// Counts the entries of others that an author had not seen.
///
/// Keeps four bytes for each entry.
struct UnseenEntries {
    /// In order, by source.
    private var bySource: [EventSource: [UInt32]] = [:]
    /// In order; nil when it is all of a log, where position and count are the same.
    private var all: [UInt32]?

    /// - Parameter isOfSubject: whether only some of the log's entries are noted.
    init(isOfSubject: Bool) { all = isOfSubject ? [] : nil }

    /// Whether only some of the log's entries are noted.
    var isOfSubject: Bool { all != nil }

    /// Notes an entry, after all before it.
    mutating func note(_ position: Position, by source: EventSource) {
        let number = UInt32(truncatingIfNeeded: position.rawValue)
        bySource[source, default: []].append(number)
        all?.append(number)
    }

    /// How many of the noted entries stand at the basis or later, and are by somebody else.
    ///
    /// To be asked before the entry at `position` is noted.
    func count(before position: Position, basis: LogSize, source: EventSource) -> Int {
        let total = all.map { Self.count(in: $0, from: basis) } ?? position - basis.next
        return max(0, total - Self.count(in: bySource[source] ?? [], from: basis))
    }

    private static func count(in positions: [UInt32], from basis: LogSize) -> Int {
        var (low, high) = (0, positions.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(positions[middle]) < basis.rawValue { low = middle + 1 } else { high = middle }
        }
        return positions.count - low
    }
}
