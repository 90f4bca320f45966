internal import AgendaModel
internal import EventLog
internal import EventLogSQLite

/// The greatest counter of each source in a replica's log, written down with the log for the size that it has.
///
/// The log itself would have to be read from its beginning for it. Where nothing that fits is written down, it is.
enum LastCounters {
    /// - Throws: what reading the log throws.
    static func of(_ store: SQLiteLogStore, at size: LogSize) throws -> [EventSource: Counter] {
        guard size > .zero else { return [:] }
        let text = try store.replicaFacts()[ReplicaFact.lastCounters]
        if let counters = text.flatMap({ parse($0, at: size) }) { return counters }
        var sequence = EntrySequence()
        var position = Position(0)
        try store.forEachBlock(in: LogSize.zero.positions(upTo: size)) { _, _, block in
            Lines.forEach(in: block) { line in
                // What counts already stays; `ambit verify` says what is wrong with it.
                _ = try? sequence.take(UnsafeBufferPointer(rebasing: block[line]), at: position)
                position += 1
            }
        }
        return sequence.countersBySource
    }

    /// What is written down: the size, and each source with its counter.
    static func text(_ counters: [EventSource: Counter], at size: LogSize) -> String {
        let words = counters.map { "\($0.key.rawValue)=\($0.value)" }.sorted()
        return (["\(size)"] + words).joined(separator: " ")
    }

    /// nil for what was written down at another size, or is not in this form.
    private static func parse(_ text: String, at size: LogSize) -> [EventSource: Counter]? {
        let words = text.split(separator: " ")
        guard words.first == "\(size)" else { return nil }
        var counters: [EventSource: Counter] = [:]
        for word in words.dropFirst() {
            guard let sign = word.lastIndex(of: "="), let counter = Int(word[word.index(after: sign)...]) else {
                return nil
            }
            counters[EventSource(unchecked: String(word[..<sign]))] = Counter(counter)
        }
        return counters
    }
}
