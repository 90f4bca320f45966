#if PostgreSQL
    import EventLog
    import EventLogPostgreSQL
    import EventLogTesting
    import Testing

    @Suite("A log in PostgreSQL does what log stores must")
    struct DatabaseConformanceTests {
        @Test("PostgreSQL", arguments: LogStoreConformance.Check.allCases, [1, 2])
        func conformance(_ check: LogStoreConformance.Check, seed: UInt64) async throws {
            let database = try TestDatabase.open()
            let name = TestDatabase.newName()
            let conformance = LogStoreConformance(
                seed: seed,
                make: { try database.create(name, identity: $0) },
                reopen: { _ in try TestDatabase.open().open(name) }
            )
            try await conformance.run(check)
        }
    }
#endif
