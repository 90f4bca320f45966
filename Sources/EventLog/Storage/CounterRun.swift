package import AgendaModel

/// Entries of one source with consecutive counters at consecutive positions.
package struct CounterRun: Hashable, Sendable {
    package var source: EventSource
    package var first: Counter
    package var last: Counter
    package var position: Position
    package init(source: EventSource, first: Counter, last: Counter, position: Position) {
        self.source = source
        self.first = first
        self.last = last
        self.position = position
    }

    /// How many entries it has.
    package var count: Int { last - first + 1 }
    /// The position behind its last entry.
    package var end: Position { position + count }

    /// The position of the entry with a counter of the run.
    package func position(of counter: Counter) -> Position { position + (counter - first) }
}
