internal import AgendaModel
internal import EventLog
internal import GRDB

/// Holds what only a replica has, the tables `outbox` and `replica`, against the log.
///
/// Events in the outbox have not been sent: nothing but their own form says what they must be.
struct ReplicaTableCheck {
    private let db: Database
    private let format: Int32

    /// - Parameters:
    ///   - db: the snapshot.
    ///   - format: the file's.
    init(_ db: Database, format: Int32) {
        self.db = db
        self.format = format
    }

    /// - Parameter lastCounters: by source, the greatest counter in the log.
    /// - Returns: how many events there are in the outbox.
    /// - Throws: `LogDifference`, or what SQLite throws.
    func check(lastCounters: [EventSource: Counter]) throws -> Int {
        let facts = try facts()
        for name in ["agenda", "device", "member", "role", "url"] where facts[name] == nil {
            throw LogDifference(.row(table: "replica", key: name), "it is missing")
        }
        let next = try counter(Outbox.nextCounterKey, in: facts) ?? Counter(1)
        let sent = try counter(Outbox.sentThroughKey, in: facts) ?? .zero
        let (count, last) = try checkOutbox()
        let logged = facts["device"].flatMap { lastCounters[EventSource(unchecked: $0)] } ?? .zero
        let used = max(last, logged, sent)
        guard used < next else {
            throw LogDifference(
                .row(table: "replica", key: Outbox.nextCounterKey),
                "the next event would get the id \(next), and \(used) has been used"
            )
        }
        return count
    }

    private func counter(_ key: String, in facts: [String: String]) throws -> Counter? {
        try facts[key].map { text in
            guard let counter = Int(text), counter >= 0 else {
                throw LogDifference(.row(table: "replica", key: key), "it is no counter")
            }
            return Counter(counter)
        }
    }

    private func facts() throws -> [String: String] {
        var facts: [String: String] = [:]
        let columns = ["key", "value"].map(StoredRow.text).joined(separator: ", ")
        let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM replica")
        while let row = try rows.next() {
            let row = StoredRow(row, .table("replica"))
            facts[try row.text(0)] = try row.text(1)
        }
        return facts
    }

    private func checkOutbox() throws -> (count: Int, last: Counter) {
        var reader = EventReader()
        var (count, last) = (0, Counter.zero)
        // Before, there was a third state, of events that are pending today.
        let refused = format < 6 ? "state = 2" : "refused"
        let text = ["code", "detail"].map(StoredRow.text).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT counter, \(refused), \(text), recorded, event FROM outbox ORDER BY counter"
        )
        while let row = try rows.next() {
            let counter = Counter(try StoredRow(row, .table("outbox")).integer(0))
            let row = StoredRow(row, .row(table: "outbox", key: "\(counter)"))
            guard counter > last else { throw LogDifference(row.place, "its counter is none") }
            last = counter
            count += 1
            try checkState(row)
            _ = try row.integer(4)
            let event = try row.bytes(5)
            do throws(EventProblem) {
                let attributes = try event.withUnsafeBufferPointer { bytes throws(EventProblem) in
                    try reader.read(bytes, as: .event)
                }
                guard attributes.counter == counter else {
                    throw EventProblem(.malformedEvent, "its id is \(attributes.counter)")
                }
            } catch {
                throw LogDifference(row.place, "what it holds is not event \(counter): \(error.detail)")
            }
        }
        return (count, last)
    }

    private func checkState(_ row: StoredRow) throws {
        let (refused, code, _) = (try row.integer(1), try row.optionalText(2), try row.optionalText(3))
        guard (0...1).contains(refused), (refused == 1) == (code != nil) else {
            throw LogDifference(row.place, "whether it was refused does not go with its code")
        }
    }
}
