package import AgendaModel
package import EventLog
package import Projections
internal import Synchronization

/// The facts of the states that were looked at last.
package final class FactsCache: Sendable {
    /// Which state they are of.
    package struct Key: Hashable, Sendable {
        package var size: LogSize
        /// The counter of the last event that is laid over it; nil for none.
        package var pending: Counter?
        /// How many are.
        package var pendingCount: Int

        package init(size: LogSize, pending: Counter? = nil, pendingCount: Int = 0) {
            self.size = size
            self.pending = pending
            self.pendingCount = pendingCount
        }
    }

    /// Newest last.
    private let kept = Mutex<[(key: Key, facts: AgendaFacts)]>([])
    private static let capacity = 4
    /// Facts from which more entries lie behind are not gone on from: reading everything takes no longer.
    private static let maximumStretch = 20_000

    package init() {}

    /// The facts of a state, which is read where they are not known yet.
    ///
    /// - Parameters:
    ///   - key: says which state it is.
    ///   - view: of that state.
    ///   - log: the one that the state was folded from; nil for a state in memory.
    /// - Returns: the facts.
    /// - Throws: what reading throws.
    package func facts(_ key: Key, of view: StateView, in log: (any LogReader)?) throws -> AgendaFacts {
        let (found, last) = kept.withLock { kept in
            (kept.first { $0.key == key }?.facts, kept.last?.facts)
        }
        if let found { return found }
        let facts =
            if let log, let last, last.size <= view.size, view.size - last.size <= Self.maximumStretch {
                try Self.facts(following: last, view, log)
            } else {
                try AgendaFacts(view)
            }
        kept.withLock { kept in
            kept.removeAll { $0.key == key }
            kept.append((key, facts))
            if kept.count > Self.capacity { kept.removeFirst() }
        }
        return facts
    }

    private static func facts(
        following last: AgendaFacts,
        _ view: StateView,
        _ log: any LogReader
    ) throws -> AgendaFacts {
        let range = last.size.positions(upTo: view.size)
        let changed = try ChangedSubjects(in: log, range).changes.map(\.subject)
        var created: [String: Int] = [:]
        var events = EventReader()
        if !range.isEmpty {
            try log.entries(range).withUnsafeBufferPointer { bytes in
                try Lines.forEach(in: bytes) { line in
                    let entry = UnsafeBufferPointer(rebasing: bytes[line])
                    let type = String(decoding: entry[try events.read(entry, as: .entry).type], as: UTF8.self)
                    guard let known = Catalogue.current.type(named: type), known.isCreating else { return }
                    created[known.kind, default: 0] += 1
                }
            }
        }
        return try last.following(view, changed: changed, created: created)
    }
}
