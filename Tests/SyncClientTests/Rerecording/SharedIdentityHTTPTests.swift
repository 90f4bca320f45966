import AgendaModel
import EventLog
import Foundation
import HTTPTypes
import HummingbirdTesting
import SyncClient
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

/// The same over HTTP, with the server itself.
@Suite("Shared identities over HTTP")
struct SharedIdentityHTTPTests {
    private func clone(_ server: TestServer, into folder: TestFolder) async throws -> Replica {
        let port = try #require(server.client.port)
        return try await Replica.clone(
            url: "http://127.0.0.1:\(port)/agendas/assen",
            into: folder.file("laptop"),
            invite: try server.invite(.editor),
            memberName: "Testpersoon",
            deviceName: "Laptop"
        ).replica
    }

    @Test("Two copies of a folder with diverging events both get theirs in, each under its own device")
    func copies() async throws {
        try await TestServer.run(.live) { server, admin in
            let folder = try TestFolder()
            let first = try await clone(server, into: folder)
            try FileManager.default.copyItem(atPath: first.folder, toPath: folder.file("kopie"))
            let second = try Replica(opening: folder.file("kopie"))
            try first.plan("Voorbeeldhaven")
            try second.plan("Voorbeeldspoor")
            try second.record(type: "theme.opened", data: #"{"title":"Zorg","order":2,"status":"open"}"#)
            _ = try await first.sync().finish()
            let summary = try await second.sync().finish()
            #expect(summary.deviceChange?.moved == 3 && summary.accepted == 3 && summary.refused == 0)
            _ = try await first.sync().finish()
            #expect(try first.digest() == second.digest())
            #expect(try first.titles == ["Voorbeeldhaven", "Voorbeeldspoor"])
            let device = try #require(try first.document(of: second.settings.device.rawValue)?.document)
            #expect(try device.contains(#""continues":"\#(first.settings.device)""#))
            #expect(device.contains(#""name":"Laptop""#))
            #expect(try second.plan("Voorbeeldbrug").contains(second.settings.device.id))
            #expect(try await second.sync().finish().accepted == 2)
        }
    }

    @Test("A watch notices by itself that another copy counts for its device, becomes another one, and goes on")
    func watching() async throws {
        try await TestServer.run(.live) { server, admin in
            let folder = try TestFolder()
            let first = try await clone(server, into: folder)
            try FileManager.default.copyItem(atPath: first.folder, toPath: folder.file("kopie"))
            let second = try Replica(opening: folder.file("kopie"))
            var changes: [DeviceChange] = []
            var hasRecorded = false
            for try await progress in second.watch() {
                switch progress {
                case .following where !hasRecorded:
                    hasRecorded = true
                    try first.plan("Voorbeeldhaven")
                    _ = try await first.sync().finish()
                case .syncing(.changedDevice(let change)):
                    changes.append(change)
                    try second.plan("Voorbeeldspoor")
                default: break
                }
                if try changes.count > 0 && second.status().pending == 0 { break }
            }
            #expect(try changes.map(\.former) == [first.settings.device])
            _ = try await first.sync().finish()
            #expect(try first.titles == ["Voorbeeldhaven", "Voorbeeldspoor"])
        }
    }

    @Test("A revoked laptop keeps what it recorded, and rejoins with an invite")
    func rejoining() async throws {
        try await TestServer.run(.live) { server, admin in
            let folder = try TestFolder()
            let replica = try await clone(server, into: folder)
            try replica.plan("Voorbeeldhaven")
            let id = try replica.settings.device.id
            let revoked = try await server.send(.delete, "/v1/agendas/assen/devices/\(id)", by: admin)
            #expect(revoked.status == .noContent)
            #expect(await failure { try await replica.sync().finish() }?.code == .revoked)
            let code = try server.invite(.editor)
            let summary = try await replica.rejoin(invite: code, memberName: "Testpersoon", deviceName: "Laptop")
            #expect(summary.deviceChange?.moved == 2 && summary.accepted == 2)
            #expect(try replica.titles == ["Voorbeeldhaven"])
            #expect(try replica.status().role == "editor")
        }
    }
}
