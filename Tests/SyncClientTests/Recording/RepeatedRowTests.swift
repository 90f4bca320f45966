import AgendaModel
import EventLog
import SyncClient
import Testing

@Suite("Rows of an export that are taken in twice")
struct RepeatedRowTests {
    let agenda: TestAgenda
    let replica: Replica

    init() async throws {
        agenda = try TestAgenda()
        replica = try await agenda.clone("laptop")
    }

    /// A row that makes a theme.
    private func theme(_ cells: [(String, JSONValue)]) -> SubjectEdit {
        SubjectEdit(subject: nil, kind: "theme", writes: cells.map { .init(names: [$0.0], value: $0.1) })
    }

    @Test(
        "A new row that this device has recorded since the export is refused, sent or not, in whatever order its cells stand",
        arguments: [false, true]
    )
    func twice(isSent: Bool) async throws {
        let basis = try replica.status().size
        let cells: [(String, JSONValue)] = [("title", "Wonen"), ("summary", "Eerst"), ("order", 1)]
        // Two that are the same are meant, when they stand in one file.
        let rows = [theme(cells), theme([("title", "Werken")]), theme([("title", "Werken")])]
        #expect(try replica.record(rows, seeing: basis).count == 3)
        if isSent { _ = try await agenda.sync(replica) }
        let before = try replica.nextEventID()
        for row in rows + [theme(cells.reversed())] {
            for isTrial in [true, false] {
                let error = #expect(throws: ReplicaError.self) {
                    try replica.record([theme([("title", "Anders")]), row], seeing: basis, isTrial: isTrial)
                }
                #expect(error?.code == .writtenHere && error?.line == 2)
            }
        }
        #expect(try replica.nextEventID() == before)
        // Another value in one cell makes another row.
        #expect(try replica.record([theme([("title", "Wonen"), ("summary", "Later")])], seeing: basis).count == 1)
    }

    @Test("Who has seen the first in a later export may make one more like it")
    func seen() async throws {
        let basis = try replica.status().size
        _ = try replica.record([theme([("title", "Wonen")])], seeing: basis)
        _ = try await agenda.sync(replica)
        let later = try replica.status().size
        #expect(later > basis)
        #expect(try replica.record([theme([("title", "Wonen")])], seeing: later).count == 1)
    }

    @Test("What another device has made stands in nobody's way, nor does what was taken back before it was sent")
    func others() async throws {
        let other = try await agenda.clone("ander")
        let basis = try replica.status().size
        _ = try other.record([theme([("title", "Wonen")])], seeing: basis)
        _ = try await agenda.sync(other)
        _ = try await agenda.sync(replica)
        #expect(try replica.record([theme([("title", "Wonen")])], seeing: basis).count == 1)
        try replica.undo(replica.undoable())
        #expect(try replica.record([theme([("title", "Wonen")])], seeing: basis).count == 1)
    }

    @Test("What it recorded before it became another device is its own all the same", arguments: [true, false])
    func formerDevice(isSent: Bool) async throws {
        let subject = try replica.record([theme([("title", "Werken")])], seeing: .zero)[0].subject
        _ = try await agenda.sync(replica)
        let basis = try replica.status().size
        let row = theme([("title", "Wonen")])
        let edit = SubjectEdit(subject: subject, kind: "theme", writes: [.init(names: ["title"], value: "Anders")])
        for one in [row, edit] { _ = try replica.record([one], seeing: basis) }
        if isSent { _ = try await agenda.sync(replica) }
        _ = try await replica.rejoin(
            invite: "invite-admin",
            memberName: "een",
            deviceName: "een",
            transport: agenda.server
        )
        for one in [row, edit] {
            let error = #expect(throws: ReplicaError.self) { try replica.record([one], seeing: basis) }
            #expect(error?.code == .writtenHere)
        }
    }
}
