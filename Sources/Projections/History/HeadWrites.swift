package import AgendaModel
package import EventLog

/// What the events behind heads say of themselves: in the log, or among those that have not been sent.
package struct HeadWrites {
    /// An event behind a head.
    package struct Write: Hashable, Sendable {
        package var attributes: EventAttributes
        /// `<kind>.<verb>`.
        package var type: String
    }

    private struct Identity: Hashable {
        var source: EventSource
        var counter: Counter
    }

    private var inLog: [Position: Write] = [:]
    private var inOutbox: [Identity: Write] = [:]
    private var reader = EventReader()

    /// Reads the entries of the heads, each segment once, and those of the pending events if some of the heads are theirs.
    package init(of heads: [AgendaModel.Head], in log: any LogReader, pending: [[UInt8]] = []) throws {
        let size = try log.head().size
        try read(Set(heads.map(\.position).filter { size.contains($0) }).sorted(), of: log, size: size)
        guard heads.contains(where: { $0.position == .afterEverything }) else { return }
        for line in pending {
            try line.withUnsafeBufferPointer { bytes in
                let write = try read(bytes, as: .event)
                let source = EventSource(unchecked: String(decoding: bytes[write.attributes.source], as: UTF8.self))
                inOutbox[Identity(source: source, counter: write.attributes.counter)] = write
            }
        }
    }

    /// The event behind one of the heads.
    ///
    /// - Throws: `corrupt` for a head whose event is nowhere.
    package func write(of head: AgendaModel.Head) throws -> Write {
        let write = inLog[head.position] ?? inOutbox[Identity(source: head.source, counter: head.counter)]
        guard let write else {
            throw LogError(
                .corrupt,
                "event \(head.counter) of \(head.source) is neither in the log nor pending"
            )
        }
        return write
    }

    /// Positions are in order.
    private mutating func read(_ positions: [Position], of log: any LogReader, size: LogSize) throws {
        var rest = positions[...]
        while let next = rest.first {
            let range = Segment.positions(next.segment).clamped(to: size.positions)
            let wanted = Set(rest.prefix { $0 < range.upperBound })
            rest = rest.dropFirst(wanted.count)
            var position = range.lowerBound
            try log.entries(range).withUnsafeBufferPointer { bytes in
                try Lines.forEach(in: bytes) { line in
                    defer { position += 1 }
                    guard wanted.contains(position) else { return }
                    inLog[position] = try read(UnsafeBufferPointer(rebasing: bytes[line]), as: .entry)
                }
            }
        }
    }

    private mutating func read(_ line: UnsafeBufferPointer<UInt8>, as form: EventReader.Form) throws -> Write {
        let attributes = try reader.read(line, as: form)
        return Write(attributes: attributes, type: String(decoding: line[attributes.type], as: UTF8.self))
    }
}
