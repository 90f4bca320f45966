package import AgendaModel

/// What must hold of entries that follow each other, before anything is made of them.
///
/// Each is one in its form, so that it can be folded. No counter of a source is used twice. Recorded times do not go
/// back.
///
/// It knows what it was given, from the first entry that it took on. Its memory grows with the number of sources.
package struct EntrySequence: Sendable {
    /// Of the last entry.
    package private(set) var recorded: Timestamp?
    private var reader = EventReader()
    private var sources = NameTable()
    /// By source.
    private var lastCounters: [Counter] = []

    /// - Parameters:
    ///   - recorded: when the last of the entries in front was recorded; nil when there are none.
    ///   - lastCounters: the greatest counter of each source among them.
    package init(after recorded: Timestamp? = nil, lastCounters: [EventSource: Counter] = [:]) {
        self.recorded = recorded
        for (source, counter) in lastCounters {
            _ = sources.number(of: source.rawValue)
            self.lastCounters.append(counter)
        }
    }

    /// The greatest counter of each source so far.
    package var countersBySource: [EventSource: Counter] {
        Dictionary(uniqueKeysWithValues: zip(sources.names.map { EventSource(unchecked: $0) }, lastCounters))
    }

    /// The names of the sources, by their numbers.
    var sourceNames: [String] { sources.names }

    /// Takes the next entry.
    ///
    /// - Parameters:
    ///   - bytes: without its newline.
    ///   - position: where it stands.
    /// - Returns: what it says of itself, and a number for its source, counted from 0 in the order in which they first come.
    /// - Throws: how it differs from what must stand there.
    package mutating func take(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at position: Position
    ) throws(LogDifference) -> (attributes: EventAttributes, source: Int) {
        let attributes: EventAttributes
        do throws(EventProblem) {
            attributes = try reader.read(bytes, as: .entry)
        } catch {
            throw LogDifference(.entry(position), "is no entry: \(error.detail)")
        }
        guard let time = attributes.recordedTime, recorded.map({ $0 <= time }) ?? true else {
            throw LogDifference(
                .entry(position),
                "was recorded before the entry in front of it; recorded times never go back"
            )
        }
        recorded = time
        let source = Int(sources.number(of: UnsafeBufferPointer(rebasing: bytes[attributes.source])))
        guard source < lastCounters.count else {
            lastCounters.append(attributes.counter)
            return (attributes, source)
        }
        guard lastCounters[source] < attributes.counter else {
            throw LogDifference(
                .entry(position),
                "has the id \(attributes.counter), and an entry of \(sources.names[source]) before it has "
                    + "\(lastCounters[source]); ids only grow"
            )
        }
        lastCounters[source] = attributes.counter
        return (attributes, source)
    }
}
