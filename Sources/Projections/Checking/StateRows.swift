internal import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB
internal import SQLiteFiles

/// The rows of a state file, of which nothing is believed: one snapshot, held against a fold.
final class StateRows {
    let path: String
    let queue: DatabaseQueue
    /// What the file says of the log that it came from.
    let mark: Mark

    struct Mark {
        var size: LogSize
        var origin: String?
        var verifier: String?
        var lastEntry: [UInt8]?
        var checkpointSize: LogSize?
        var checkpointRoot: [UInt8]?
    }

    /// - Returns: nil for a file of another version, or of no version.
    init?(reading path: String) throws {
        let queue = try Self.translating(path) { try Self.open(path) }
        // One snapshot from the first look to the end of the check: what folds meanwhile changes nothing of it.
        let found: Mark? = try Self.translating(path) {
            try queue.inDatabase { db in
                try db.execute(sql: "BEGIN DEFERRED")
                guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == StateSchema.applicationID,
                    try Int32.fetchOne(db, sql: "PRAGMA user_version") == StateSchema.version
                else { return nil }
                let expected = try DatabaseQueue().write { expected in
                    try StateSchema.create(expected)
                    return try Self.schema(expected)
                }
                guard try Self.schema(db) == expected else {
                    throw LogDifference(.file(path), "its tables are not those that such a file has")
                }
                return try Self.readMark(db, path)
            }
        }
        guard let found else { return nil }
        self.path = path
        self.queue = queue
        mark = found
    }

    deinit { try? queue.inDatabase { try $0.execute(sql: "ROLLBACK") } }

    /// Checks the checkpoint that the file remembers, when the log has come to its size.
    func checkMark(_ size: LogSize, _ edge: TreeEdge) throws {
        guard mark.checkpointSize == size, mark.checkpointRoot != edge.root.bytes else { return }
        throw difference("meta", "it remembers another root of the log's first \(size) entries")
    }

    func checkMentions(ofSegment number: Int, subjects: [String]) throws {
        let expected = Mentions.data(Set(subjects.map { Mentions.hash($0.utf8) }).sorted())
        let found = try one(
            "SELECT hashes, \"check\" FROM mentions WHERE segment = ?",
            arguments: [number],
            table: "mentions"
        ) { (hashes: try blob($0, 0, of: "mentions"), check: Int.fromDatabaseValue($0[1])) }
        guard found?.hashes == [UInt8](expected), found?.check == Mentions.check(number, [UInt8](expected)) else {
            throw difference("mentions", "row \(number) does not name the subjects of the entries in this segment")
        }
    }

    /// Holds everything else against the state at the file's size.
    ///
    /// - Returns: the state's digest.
    func finish(_ state: State, lastEntry: Hash, _ identity: LogIdentity) throws -> Hash {
        guard mark.origin == identity.origin, mark.verifier == identity.verifierKey.description else {
            throw difference("meta", "it was made from another log")
        }
        guard mark.lastEntry == lastEntry.bytes, mark.checkpointSize.map({ $0 <= mark.size }) ?? true else {
            throw difference("meta", "what it remembers of the log is not so")
        }
        let digest = try checkSubjects(state)
        try checkConflicts(state)
        try checkWeights(state)
        try checkMeasured(state)
        try checkCount("mentions", mark.size.startedSegments)
        let kept = try one(
            "SELECT digest, \"check\" FROM digests WHERE size = ?",
            arguments: [mark.size],
            table: "digests"
        ) { (digest: try blob($0, 0, of: "digests"), check: Int.fromDatabaseValue($0[1])) }
        let check = StateView.check(digest.bytes, at: mark.size)
        guard kept.map({ $0.digest == digest.bytes && $0.check == check }) ?? true else {
            throw difference("digests", "the digest at \(mark.size) entries is not that of the log's state")
        }
        try reading { db in
            let integrity = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
            guard integrity == "ok" else {
                throw LogDifference(.file(path), "its pages are damaged: \(integrity ?? "SQLite does not say how")")
            }
        }
        return digest
    }

    /// Goes through the rows and the state's subjects side by side: both are sorted bytewise.
    ///
    /// - Returns: the state's digest.
    private func checkSubjects(_ state: State) throws -> Hash {
        let sql = """
            SELECT CAST(subject AS BLOB), registers, "check" FROM subjects ORDER BY subject
            """
        var expected = state.subjects[...]
        var digest = Hasher256()
        func add(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { digest.update($0) } }
        try reading { db in
            let rows = try Row.fetchCursor(db, sql: sql)
            while let row = try rows.next() {
                let name = try blob(row, 0, of: "subjects")
                guard let subject = expected.popFirst(), name.elementsEqual(subject.utf8) else {
                    throw difference(
                        "subjects",
                        "\(String(decoding: name, as: UTF8.self)) stands where no such subject should"
                    )
                }
                let registers = try blob(row, 1, of: "subjects")
                guard let document = State.document(inRegisters: registers, of: subject),
                    document == state.document(of: subject)
                else {
                    throw difference("subjects", "the document of \(subject) is not what the log's entries make of it")
                }
                guard Int.fromDatabaseValue(row[2]) == RowCheck.value(name, registers) else {
                    throw difference("subjects", "the check of \(subject) is not that of its row")
                }
                guard registers == state.encodedRegisters(of: subject) else {
                    throw difference(
                        "subjects",
                        "the registers of \(subject) are not what the log's entries make of it"
                    )
                }
                add(name + [UInt8(ascii: " ")])
                add(document + [UInt8(ascii: "\n")])
            }
        }
        if let subject = expected.first { throw difference("subjects", "\(subject) is missing") }
        return digest.finish()
    }

    private func checkConflicts(_ state: State) throws {
        let conflicts = state.conflicts
        for conflict in conflicts {
            let since = try one(
                "SELECT since, \"check\" FROM conflicts WHERE subject = ? AND path = ?",
                arguments: [conflict.subject, ColumnText.stored(conflict.register.path)],
                table: "conflicts"
            ) { (since: LogSize.fromDatabaseValue($0[0]), check: Int.fromDatabaseValue($0[1])) }
            guard since?.since == conflict.register.conflictSince,
                since?.check == ConflictRow.check(conflict.subject, conflict.register.path)
            else {
                throw difference(
                    "conflicts",
                    "the conflict about \(conflict.register.path) of \(conflict.subject) is not there"
                )
            }
        }
        try checkCount("conflicts", conflicts.count)
    }

    private func checkWeights(_ state: State) throws {
        let weights = state.subjects.map { ($0, state.weight(of: $0)) }.filter { $0.1 > WeightRow.least }
        for (subject, bytes) in weights {
            let found = try one(
                "SELECT bytes, \"check\" FROM weights WHERE subject = ?",
                arguments: [subject],
                table: "weights"
            ) { (bytes: Int.fromDatabaseValue($0[0]), check: Int.fromDatabaseValue($0[1])) }
            guard found?.bytes == bytes, found?.check == WeightRow.check(subject, bytes) else {
                throw difference("weights", "what \(subject) holds is not what the log's entries make of it")
            }
        }
        try checkCount("weights", weights.count)
    }

    private func checkMeasured(_ state: State) throws {
        var expected: [Measurement.Place: MeasurementTotals] = [:]
        for subject in state.subjects where subject.hasPrefix("\(Measurement.kind)/") {
            guard let measurement = try Measurement(subject, state.registers(of: subject)) else { continue }
            expected[measurement.place, default: MeasurementTotals()].add(measurement)
        }
        for (place, totals) in expected {
            let text = totals.text
            let found = try one(
                "SELECT CAST(totals AS BLOB), \"check\" FROM measured WHERE place = ?",
                arguments: [MeasuredRow.key(of: place)],
                table: "measured"
            ) { (totals: try blob($0, 0, of: "measured"), check: Int.fromDatabaseValue($0[1])) }
            guard let found, found.totals.elementsEqual(ColumnText.stored(text).utf8),
                found.check == MeasuredRow.check(place, text)
            else {
                throw difference(
                    "measured",
                    "what was measured of \(place.indicator) is not what the log's entries say"
                )
            }
        }
        try checkCount("measured", expected.count)
    }

    private func checkCount(_ table: String, _ expected: Int) throws {
        let found = try reading { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
        guard found == expected else {
            throw difference(table, "of its rows there are \(found), and the log's entries make \(expected)")
        }
    }

    func difference(_ table: String, _ message: String) -> LogDifference {
        LogDifference(.file(path), "table \(table): \(message)")
    }
}
