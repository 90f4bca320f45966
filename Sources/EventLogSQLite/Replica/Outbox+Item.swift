package import AgendaModel
internal import Foundation
internal import GRDB

extension Outbox {
    /// What has become of an event.
    package enum State: Hashable, Sendable {
        case pending
        /// The server refused it. The code is one of `EventProblem.Code`, or a newer server's.
        case refused(code: String, detail: String)
    }

    /// An event as it was recorded.
    package struct Item: Hashable, Sendable {
        package var counter: Counter
        /// The device's own bytes, without newline.
        package var event: [UInt8]
        package var recorded: Timestamp
        package var state: State
    }

    /// How many events there are of each state.
    package struct Counts: Hashable, Sendable {
        package var pending = 0
        package var refused = 0
    }

    /// Events that are to be sent and are laid over the state, by counter.
    package func pending(after counter: Counter, limit: Int) throws -> [Item] {
        try items(where: "refused = 0 AND counter > ?", [counter, max(limit, 0)])
    }

    /// Events that the server refused, by counter.
    package func refused(after counter: Counter, limit: Int) throws -> [Item] {
        try items(where: "refused = 1 AND counter > ?", [counter, max(limit, 0)])
    }

    /// Pending events that hold these bytes, by counter.
    package func pending(holding bytes: [UInt8]) throws -> [Item] {
        try store.reading {
            try Self.items($0, where: "refused = 0 AND instr(event, ?) > 0", arguments: [Data(bytes)])
        }
    }

    /// Events of every state that hold these bytes, by counter.
    package func items(holding bytes: [UInt8]) throws -> [Item] {
        try store.reading { try Self.items($0, where: "instr(event, ?) > 0", arguments: [Data(bytes)]) }
    }

    package func item(_ counter: Counter) throws -> Item? {
        try items(where: "counter = ?", [counter, 1]).first
    }

    package func counts() throws -> Counts {
        try store.reading { db in
            var counts = Counts()
            for row in try Row.fetchAll(db, sql: "SELECT refused, count(*) FROM outbox GROUP BY refused") {
                if row[0] { counts.refused = row[1] } else { counts.pending = row[1] }
            }
            return counts
        }
    }

    private func items(where condition: String, _ arguments: StatementArguments) throws -> [Item] {
        try store.reading { try Self.items($0, where: condition, limit: true, arguments: arguments) }
    }

    static func items(
        _ db: Database,
        where condition: String,
        limit: Bool = false,
        arguments: StatementArguments
    ) throws -> [Item] {
        let sql = "SELECT counter, event, recorded, refused, code, detail FROM outbox WHERE \(condition)"
        return try Row.fetchAll(
            try db.cachedStatement(sql: sql + " ORDER BY counter" + (limit ? " LIMIT ?" : "")),
            arguments: arguments
        ).map { row in
            Item(
                counter: Counter(row[0]),
                event: [UInt8](row[1] as Data),
                recorded: Timestamp(millisecondsSince1970: row[2]),
                state: row[3] ? .refused(code: row[4], detail: row[5] ?? "") : .pending
            )
        }
    }
}
