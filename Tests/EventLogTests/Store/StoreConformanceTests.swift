import EventLog
import EventLogSQLite
import EventLogTesting
import Testing

@Suite("Every log store does what log stores must")
struct StoreConformanceTests {
    @Test("in memory", arguments: LogStoreConformance.Check.allCases)
    func inMemory(_ check: LogStoreConformance.Check) async throws {
        let conformance = LogStoreConformance { InMemoryLogStore(identity: $0) }
        try await conformance.run(check)
    }

    @Test("SQLite", arguments: LogStoreConformance.Check.allCases, [1, 2])
    func sqlite(_ check: LogStoreConformance.Check, seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let conformance = LogStoreConformance(
            seed: seed,
            make: { try SQLiteLogStore.create(at: folder.path("log.sqlite"), identity: $0) },
            reopen: { store in
                try (store as? SQLiteLogStore)?.close()
                return try SQLiteLogStore(at: folder.path("log.sqlite"))
            }
        )
        try await conformance.run(check)
    }

    @Test("a store behind a plan without faults", arguments: LogStoreConformance.Check.allCases)
    func faultless(_ check: LogStoreConformance.Check) async throws {
        let conformance = LogStoreConformance { FaultingLogStore(InMemoryLogStore(identity: $0), plan: .script([])) }
        try await conformance.run(check)
    }
}
