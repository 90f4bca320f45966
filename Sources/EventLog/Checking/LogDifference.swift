package import AgendaModel

/// Where what is stored stops being what it should be: the first place that was found.
package struct LogDifference: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Place: Hashable, Sendable {
        case entry(Position)
        case segment(Int)
        /// A row of `commits`, by its first entry.
        case commit(Position)
        /// By its size.
        case checkpoint(LogSize)
        case run(source: EventSource, first: Counter)
        case row(table: String, key: String)
        /// A table as a whole.
        case table(String)
        case file(String)
    }

    package var place: Place
    /// What is there, and what should be.
    package var message: String

    package init(_ place: Place, _ message: String) {
        self.place = place
        self.message = message
    }

    package var description: String {
        switch place {
        case .entry(let position): "entry \(position): \(message)"
        case .segment(let number): "segment \(number): \(message)"
        case .commit(let first): "row \(first) of commits: \(message)"
        case .checkpoint(let size): "checkpoint of size \(size): \(message)"
        case .run(let source, let first): "run of \(source) from \(first): \(message)"
        case .row(let table, let key): "row \(key) of \(table): \(message)"
        case .table(let name): "table \(name): \(message)"
        case .file(let name): "\(name): \(message)"
        }
    }
}
