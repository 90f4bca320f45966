internal import AgendaModel
internal import EventLog
internal import Foundation
internal import GRDB

// Until an event that took the place of another may have been sent, it can be taken back. So the other one is kept until
// then, among the replica's facts.
extension Outbox {
    /// An event that another one has taken the place of.
    private struct Former: Codable {
        var counter: Int
        var event: Data
        var recorded: Int
        /// Nil where it was pending.
        var code: String?
        var detail: String?
        /// The first counter of those that were recorded in one go with the other one.
        var group: Int
    }

    /// What the keys begin with under which they are kept; the counter of the event in their place follows.
    static let formerPrefix = "former "

    /// Keeps an event that another one takes the place of.
    ///
    /// - Parameters:
    ///   - item: which goes.
    ///   - counter: of the one that comes.
    ///   - group: the first counter of those that are recorded in one go with it.
    ///   - db: in the transaction that replaces it.
    /// - Throws: what SQLite throws.
    static func keep(_ item: Item, for counter: Counter, group: Counter, _ db: Database) throws {
        var former = Former(
            counter: item.counter.rawValue,
            event: Data(item.event),
            recorded: item.recorded.millisecondsSince1970,
            group: group.rawValue
        )
        if case .refused(let code, let detail) = item.state { (former.code, former.detail) = (code, detail) }
        let value = String(decoding: try JSONEncoder().encode(former), as: UTF8.self)
        try CheckedTable.replica.setText(of: formerPrefix + "\(counter)", to: value, db)
    }

    /// Forgets what was pending and had another take its place: as it was, it is an event of the device that this was.
    ///
    /// What was refused stays: it is written anew before it is re-recorded.
    static func forgetPendingFormers(_ db: Database) throws {
        for (key, value) in try CheckedTable.replica.texts(db) where key.hasPrefix(formerPrefix) {
            let former = try? JSONDecoder().decode(Former.self, from: Data(value.utf8))
            guard let former, former.code == nil else { continue }
            try CheckedTable.replica.setText(of: key, to: nil, db)
        }
    }

    /// Gives back what events took the places of, once they are gone.
    ///
    /// What was refused is refused again. What was pending, and only followed something that was refused, waits again where
    /// that goes back as well.
    ///
    /// - Parameters:
    ///   - counters: of the events that are gone.
    ///   - db: in the transaction that takes them back.
    /// - Returns: what is in the outbox again, and what was kept until now, by its key.
    /// - Throws: `corrupt` for what was kept and cannot be read.
    static func giveBack(
        _ counters: [Counter],
        _ db: Database
    ) throws -> (items: [Item], facts: [String: String]) {
        var formers: [Former] = []
        var facts: [String: String] = [:]
        try CheckedTable.replica.holdRows(db)
        for counter in counters {
            let key = formerPrefix + "\(counter)"
            guard let value = try CheckedTable.replica.text(of: key, db) else { continue }
            guard let former = try? JSONDecoder().decode(Former.self, from: Data(value.utf8)) else {
                throw LogError(
                    .corrupt,
                    "what event \(counter) was recorded again from cannot be read, so the event is not taken back"
                )
            }
            formers.append(former)
            facts[key] = value
            try CheckedTable.replica.setText(of: key, to: nil, db)
        }
        let groups = Set(formers.filter { $0.code != nil }.map(\.group))
        let items = formers.filter { groups.contains($0.group) }.map { former in
            Item(
                counter: Counter(former.counter),
                event: [UInt8](former.event),
                recorded: Timestamp(millisecondsSince1970: former.recorded),
                state: former.code.map { State.refused(code: $0, detail: former.detail ?? "") } ?? .pending
            )
        }
        try insert(items, db)
        return (items.sorted { $0.counter < $1.counter }, facts)
    }

    /// Puts events into the outbox as they were in it.
    static func insert(_ items: [Item], _ db: Database) throws {
        let statement = try db.cachedStatement(sql: "INSERT \(CheckedTable.outbox.insertion)")
        for item in items {
            var (code, detail): (String?, String?)
            if case .refused(let said, let why) = item.state { (code, detail) = (said, why) }
            try statement.execute(arguments: [
                item.counter, code != nil, code, detail, item.recorded.millisecondsSince1970, Data(item.event),
            ])
        }
    }

    /// Keeps no longer what events took the places of that may have been sent.
    static func forgetFormers(upTo counter: Counter, _ db: Database) throws {
        try db.execute(
            sql: "DELETE FROM replica WHERE substr(key, 1, ?1) = ?2 AND CAST(substr(key, ?1 + 1) AS INTEGER) <= ?3",
            arguments: [formerPrefix.utf8.count, formerPrefix, counter]
        )
    }
}
