import AgendaModel
import EventLogSQLite
import SyncTesting
import Testing

@testable import SyncClient

@Suite("A replica's settings")
struct ReplicaSettingsTests {
    private let agenda: TestAgenda
    private let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("een")
    }

    @Test(
        "are those of now, and what cannot be read is said",
        arguments: ["url", "agenda", "device", "member", "role"]
    )
    func missing(_ fact: String) async throws {
        let settings = try replica.settings
        try replica.store.setReplicaFacts([fact: nil])
        let uses: [() async throws -> Any] = [
            { try replica.settings }, { try replica.status() }, { try replica.resolve("een") },
            { try replica.record(type: "theme.opened", data: #"{"title":"Voorbeeld"}"#) },
        ]
        for use in uses { #expect(await failure { try await use() }?.code == .corrupt) }
        let present = [
            "url": settings.url, "agenda": settings.agenda.rawValue, "device": settings.device.rawValue,
            "member": settings.member.rawValue, "role": settings.role,
        ]
        try replica.store.setReplicaFacts(present.mapValues { $0 })
        #expect(try replica.settings == settings)
        #expect(try replica.store.outbox.counts().pending == 0)
    }

    @Test("of a replica that was closed cannot be read")
    func closed() throws {
        replica.close()
        #expect(throws: ReplicaError.self) { try replica.settings }
    }
}
