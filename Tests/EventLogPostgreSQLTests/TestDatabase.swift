#if PostgreSQL
    import AgendaModel
    import EventLog
    import EventLogPostgreSQL
    import Foundation

    /// The database that `Tools/test --postgresql` starts for these tests.
    enum TestDatabase {
        struct Missing: Error, CustomStringConvertible {
            var description: String {
                "these tests need a PostgreSQL database: run Tools/test --postgresql, which starts one"
            }
        }

        /// - Throws: `Missing` when nobody has started it.
        static func open() throws -> AgendaDatabase {
            guard let address = ProcessInfo.processInfo.environment["AMBIT_TEST_POSTGRESQL"] else { throw Missing() }
            let database = AgendaDatabase(at: address)
            try database.prepare()
            return database
        }

        /// A name that no other test uses.
        static func newName() -> AgendaName { AgendaName(unchecked: "test-\(UInt64.random(in: .min ... .max))") }
    }
#endif
