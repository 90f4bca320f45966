import AgendaModel
import EventLog
import EventLogTesting
import Testing

struct SubjectsWithIDTests {
    @Test("A subject is found by its id, whatever its kind; several kinds may have the same id")
    func found() async throws {
        let key = LogKey.generate(origin: "log.example/agendas/assen")
        let store = InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        let sequencer = try Sequencer(store: store, key: key, environment: .system)
        for (type, subject, data) in [
            ("agenda.founded", "agenda/assen", #"{"title":"Verzonnen agenda"}"#),
            ("member.joined", "member/assen", #"{"name":"Verzonnen","role":"admin"}"#),
            ("organisation.registered", "organisation/server-3", #"{"name":"Verzonnen","sort":"other"}"#),
        ] {
            let outcome = try await sequencer.record(type: type, subject: subject, data: data)
            try #require(outcome.rejected.isEmpty, "\(outcome.rejected)")
        }
        #expect(Set(try store.subjects(withID: "assen")) == ["agenda/assen", "member/assen"])
        #expect(try store.subjects(withID: "server-3") == ["organisation/server-3"])
        #expect(try store.subjects(withID: "server-4").isEmpty)
        await sequencer.shutDown()
    }
}
