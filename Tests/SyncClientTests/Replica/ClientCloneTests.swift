import AgendaModel
import Foundation
import SyncClient
import SyncTesting
import Synchronization
import Testing

@Suite("Folders in which a replica is made")
struct ClientCloneTests {
    let agenda: TestAgenda
    let folder: String

    init() throws {
        agenda = try TestAgenda()
        folder = agenda.folder.file("laptop")
    }

    private func enrol(_ invite: String) async throws -> Replica {
        try await Replica.enrol(
            url: FakeServer.url,
            into: folder,
            invite: invite,
            memberName: "een",
            deviceName: "een",
            transport: agenda.server,
            environment: agenda.clock.environment
        )
    }

    private func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    private func deviceKey() throws -> String { try String(contentsOfFile: folder + "/device.key", encoding: .utf8) }

    @Test("A second clone into a folder leaves the first one alone", arguments: ["geen", "invite-editor"])
    func second(invite: String) async throws {
        let error = Mutex<ReplicaError?>(nil)
        let key = Mutex<String?>(nil)
        agenda.server.fail(
            "POST /devices",
            .held {
                let found = await failure { try await enrol(invite) }
                error.withLock { $0 = found }
                let present = try? deviceKey()
                key.withLock { $0 = present }
            }
        )
        let replica = try await enrol("invite-admin")
        #expect(error.withLock { $0?.code } == .locked)
        #expect(try replica.settings.device == "device/laptop1" && replica.settings.role == "admin")
        #expect(agenda.server.requests == ["POST /devices"])
        #expect(try key.withLock { $0 } == deviceKey())
        try await _ = agenda.sync(replica)
        #expect(await failure { try await enrol(invite) }?.code == .folderNotEmpty)
        #expect(try replica.status().size == agenda.server.size)
    }

    @Test("A clone that fails takes away what it made, and nothing else")
    func failing() async throws {
        #expect(await failure { try await enrol("geen") }?.code == .invalidInvite)
        #expect(!FileManager.default.fileExists(atPath: folder))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        #expect(await failure { try await enrol("geen") }?.code == .invalidInvite)
        #expect(try files().isEmpty)
        // What one leaves that is killed while it waits for the answer.
        let killed = Mutex("")
        agenda.server.fail(
            "POST /devices",
            .held {
                let key = try? deviceKey()
                killed.withLock { $0 = key ?? "" }
                try? FileManager.default.copyItem(atPath: folder, toPath: folder + ".killed")
            }
        )
        #expect(await failure { try await enrol("geen") }?.code == .invalidInvite)
        try FileManager.default.removeItem(atPath: folder)
        try FileManager.default.moveItem(atPath: folder + ".killed", toPath: folder)
        #expect(await failure { try await enrol("geen") }?.code == .invalidInvite)
        #expect(try files() == ["device.key", "sync.lock"])
        #expect(try deviceKey() == killed.withLock { $0 })
        #expect(try await enrol("invite-admin").settings.role == "admin")
        #expect(try deviceKey() == killed.withLock { $0 })
    }
}
