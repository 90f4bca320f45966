internal import AgendaModel
internal import ArgumentParser
internal import EventLogSQLite
internal import Simulation

#if PostgreSQL
    internal import EventLogPostgreSQL
#endif

/// What servers of a simulation keep their log in.
struct StoreSort: Sendable {
    let make: StoreMaking

    /// - Parameter text: `sqlite`, or the address of a database.
    /// - Throws: `ValidationError` for what this program cannot make.
    init(_ text: String) throws {
        if text == "sqlite" {
            make = { try SQLiteLogStore.create(at: "\($1)/\(Self.name("log")).sqlite", identity: $0) }
            return
        }
        #if PostgreSQL
            guard text.hasPrefix("postgresql://") else { throw Self.unknown }
            let database = AgendaDatabase(at: text)
            try database.prepare()
            make = { identity, _ in try database.create(AgendaName(unchecked: Self.name("proef")), identity: identity) }
        #else
            throw Self.unknown
        #endif
    }

    private static let unknown = ValidationError("--store takes sqlite, or postgresql://… with the trait PostgreSQL")

    private static func name(_ start: String) -> String { "\(start)-\(UInt64.random(in: .min ... .max))" }
}
