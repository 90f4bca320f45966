internal import EventLog
internal import GRDB

/// Holds the table `meta` against what is known of the log.
struct MetaCheck {
    let identity: LogIdentity

    /// - Parameters:
    ///   - db: the snapshot.
    ///   - path: the file, for messages.
    ///   - key: the log's, as the caller knows it; nil to go by the file's own.
    /// - Throws: `LogDifference`, or what SQLite throws.
    init(_ db: Database, path: String, key: VerifierKey?) throws {
        var values: [String: String] = [:]
        let columns = ["key", "value"].map(StoredRow.text).joined(separator: ", ")
        let rows = try Row.fetchCursor(db, sql: "SELECT \(columns) FROM meta ORDER BY key")
        while let row = try rows.next() {
            let row = StoredRow(row, .table("meta"))
            values[try row.text(0)] = try row.text(1)
        }
        func place(_ key: String) -> LogDifference.Place { .row(table: "meta", key: key) }
        guard let origin = values["origin"], let verifier = values["verifier"] else {
            throw LogDifference(.table("meta"), "it does not say which log this is: origin or verifier is missing")
        }
        let stored: VerifierKey
        do throws(LogError) {
            stored = try VerifierKey(verifier)
        } catch {
            throw LogDifference(place("verifier"), error.message)
        }
        guard stored.name == origin else {
            throw LogDifference(place("origin"), "it is \(origin), and the key is that of \(stored.name)")
        }
        if let key, key != stored {
            throw LogDifference(place("verifier"), "the file's own key is \(stored), and the one to go by is \(key)")
        }
        if let openness = values["openness"], Openness(rawValue: openness) == nil {
            throw LogDifference(place("openness"), "it is none of the words for who may read")
        }
        if let version = values["access-version"], Int(version).map({ $0 < 0 }) ?? true {
            throw LogDifference(place("access-version"), "it is no count")
        }
        if let healing = values["healing"], Int(healing).map({ $0 < 0 }) ?? true {
            throw LogDifference(place("healing"), "it is no number")
        }
        let known = ["origin", "verifier", "openness", "access-version", "scrub", "healing", "moved"]
        if let odd = values.keys.filter({ !known.contains($0) }).min() {
            throw LogDifference(place(odd), "no log has such a row")
        }
        identity = LogIdentity(origin: origin, verifierKey: stored)
    }
}
