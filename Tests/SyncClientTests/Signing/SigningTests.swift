import AgendaModel
import EventLog
import EventLogSQLite
import EventLogTesting
import Files
import Foundation
import HummingbirdTesting
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncClient

/// Laptops that sign what they recorded once it is in the log.
@Suite("Signing own entries")
struct SigningTests {
    private let folder: TestFolder
    private let clock = TestClock(1_790_000_000_000)

    init() throws { folder = try TestFolder() }

    private func clone(_ server: TestServer, as name: String = "een") async throws -> Replica {
        try await Replica.clone(
            url: "https://test.example/agendas/assen",
            into: folder.file(name),
            invite: server.invite(.recorder),
            memberName: "Verzonnen \(name)",
            deviceName: name,
            transport: RouterTransport(server.client),
            environment: clock.environment
        ).replica
    }

    private func record(_ count: Int, in replica: Replica) throws {
        for number in 1...count {
            try replica.record(
                type: "organisation.registered",
                data: #"{"name":"Verzonnen \#(number)","sort":"other"}"#
            )
        }
    }

    @discardableResult
    private func sync(_ replica: Replica, _ server: TestServer, signsAll: Bool = true) async throws -> SyncSummary {
        var options = SyncOptions()
        options.signsAll = signsAll
        return try await replica.sync(over: RouterTransport(server.client), options: options).finish()
    }

    /// The signatures in a log, and how many entries of each device none of them covers.
    private func check(_ log: any LogReader) throws -> (signatures: Int, unsigned: [DeviceID: Int]) {
        var check = AuthorshipCheck(origin: log.identity.origin)
        var reader = EventReader()
        let size = try log.head().size
        var position = 0
        try log.entries(Position(0)..<size.next).withUnsafeBufferPointer { bytes in
            _ = try Merkle.forEachLeaf(of: bytes) { leaf, line in
                let entry = UnsafeBufferPointer(rebasing: bytes[line])
                let attributes = try reader.read(entry, as: .entry)
                #expect(check.look(at: entry, attributes, leaf: leaf, position: Position(position)) == nil)
                position += 1
            }
        }
        return (check.signatures, Dictionary(uniqueKeysWithValues: check.unsigned.map { ($0.device, $0.count) }))
    }

    @Test("A sync that brings own events into the log signs them, and counts what people recorded")
    func signs() async throws {
        try await TestServer.run { server, _ in
            let replica = try await clone(server)
            let store = try #require(server.source.store("assen"))
            try record(3, in: replica)
            let summary = try await sync(replica, server)
            #expect(summary.accepted == 3 && summary.refused == 0 && summary.pulled == 3)
            #expect(try check(store) == (1, [:]))
            #expect(try store.access().devices[replica.settings.device]?.signedThrough == Counter(3))
            // Signatures alone are no reason to sign.
            for _ in 1...2 {
                let summary = try await sync(replica, server)
                #expect(summary.accepted == 0 && summary.pulled == 0)
            }
            #expect(try check(store) == (1, [:]))
            try record(1, in: replica)
            #expect(try await sync(replica, server).accepted == 1)
            #expect(try check(store) == (2, [:]))
            #expect(try check(replica.log) == (2, [:]))
        }
    }

    @Test("A few young entries wait for others, and status says how many, and since when")
    func few() async throws {
        try await TestServer.run(environment: clock.environment) { server, _ in
            let replica = try await clone(server)
            let store = try #require(server.source.store("assen"))
            for (count, unsigned) in [(3, 3), (252, 255)] {
                try record(count, in: replica)
                #expect(try await sync(replica, server, signsAll: false).accepted == count)
                #expect(try check(store) == (0, [replica.settings.device: unsigned]))
                let said = try #require(try replica.unsigned())
                let first = try #require(try store.run(of: EventSource(replica.settings.device), after: .zero)).position
                #expect(said.count == unsigned)
                #expect(try said.since == store.recordedTime(at: first))
            }
            try record(1, in: replica)
            #expect(try await sync(replica, server, signsAll: false).accepted == 1)
            #expect(try check(store) == (1, [:]))
            #expect(try replica.unsigned() == nil)
        }
    }

    @Test(
        "After a quarter of an hour a single entry is signed, by the clock here or by the log's",
        arguments: [true, false]
    )
    func old(clockIsRight: Bool) async throws {
        let serverClock = TestClock(1_790_000_000_000)
        try await TestServer.run(environment: serverClock.environment) { server, _ in
            let (replica, other) = (try await clone(server), try await clone(server, as: "ander"))
            let store = try #require(server.source.store("assen"))
            try record(1, in: replica)
            try await sync(replica, server, signsAll: false)
            let since = try #require(try replica.unsigned()?.since).millisecondsSince1970
            for (minutes, isSigned) in [(14, false), (15, true)] {
                serverClock.set(since + minutes * 60_000)
                clock.set(clockIsRight ? since + minutes * 60_000 : since - 86_400_000)
                if !clockIsRight {
                    try record(1, in: other)
                    try await sync(other, server, signsAll: false)
                }
                try await sync(replica, server, signsAll: false)
                let left = try check(store).unsigned[replica.settings.device]
                #expect((left == nil) == isSigned)
            }
        }
    }

    @Test("At the end of a watch the rest is signed; without the server, or the key, that is left to later")
    func atEnd() async throws {
        try await TestServer.run { server, _ in
            // With a clock that takes its time.
            let replica = try Replica(opening: try await clone(server).folder)
            let store = try #require(server.source.store("assen"))
            try record(1, in: replica)
            try await sync(replica, server, signsAll: false)
            let transport = RouterTransport(server.client)
            transport.fail(0, .requestLost)
            await replica.signAtEnd(over: transport, within: .seconds(600))
            #expect(try check(store).signatures == 0)
            await replica.signAtEnd(over: transport, within: .seconds(600))
            #expect(try check(store) == (1, [:]))
            #expect(try replica.status().pending == 0)
            try record(1, in: replica)
            try await sync(replica, server, signsAll: false)
            try FileManager.default.removeItem(atPath: replica.folder + "/device.key")
            await replica.signAtEnd(over: transport, within: .seconds(600))
            #expect(try check(store).signatures == 1)
        }
    }

    @Test("More than a thousand entries take several signatures, in the same sync")
    func many() async throws {
        try await TestServer.run { server, _ in
            let replica = try await clone(server)
            let store = try #require(server.source.store("assen"))
            let lines = (1...1100).map { _ in
                #"{"type":"organisation.registered","data":{"name":"Verzonnen","sort":"other"}}"# + "\n"
            }
            _ = try replica.importEvents(Array(lines.joined().utf8))
            #expect(try await sync(replica, server).accepted == 1100)
            #expect(try check(store) == (2, [:]))
        }
    }

    @Test("What was not signed because a sync was cut at any request is signed by the next one", arguments: 0..<5)
    func cut(request: Int) async throws {
        for fault in RouterTransport.Fault.allCases {
            try await TestServer.run { server, _ in
                let replica = try await clone(server, as: "\(fault)")
                let store = try #require(server.source.store("assen"))
                try record(2, in: replica)
                let transport = RouterTransport(server.client)
                transport.fail(request, fault)
                var options = SyncOptions.noRetries
                options.signsAll = true
                _ = try? await replica.sync(over: transport, options: options).finish()
                let status = try replica.status()
                #expect(status.pending == 0 || status.pending == 2, "only what people recorded is counted")
                #expect(try replica.pending().count == status.pending)
                let again = try Replica(opening: replica.folder, environment: clock.environment)
                try await sync(again, server)
                #expect(try again.status().pending == 0 && again.status().refused == 0)
                #expect(try check(store).unsigned == [:])
                #expect(try check(store).signatures == 1)
            }
        }
    }

    @Test(
        "Without its key, or with another one, a laptop syncs and does not sign, and its status says so",
        arguments: ["", "other", "damaged"]
    )
    func withoutKey(key: String) async throws {
        try await TestServer.run { server, _ in
            let replica = try await clone(server)
            let path = replica.folder + "/device.key"
            let kept = try SecretFile.read(path)
            try FileManager.default.removeItem(atPath: path)
            if key == "damaged" {
                try SecretFile.write("AAAA", at: path, replacing: true)
            } else if !key.isEmpty {
                try SecretFile.write(Data(DeviceKey.generate().seed).base64EncodedString(), at: path, replacing: true)
            }
            let store = try #require(server.source.store("assen"))
            try record(2, in: replica)
            #expect(try await sync(replica, server).accepted == 2)
            #expect(try check(store) == (0, [replica.settings.device: 2]))
            #expect(try replica.status().lacksKey, "and says so")
            try SecretFile.write(kept, at: path, replacing: true)
            try await sync(replica, server)
            #expect(try check(store) == (1, [:]), "with its key it makes up for that")
            #expect(try !replica.status().lacksKey)
        }
    }

    @Test("Whose key somebody has erased is told that nothing can be signed any more")
    func erasedKey() async throws {
        try await TestServer.run { server, admin in
            let replica = try await clone(server)
            try record(1, in: replica)
            try await sync(replica, server)
            let log = try replica.entries(0..<replica.status().size.rawValue)
            let lines = String(decoding: log, as: UTF8.self).split(separator: "\n")
            let device = try replica.settings.device.rawValue
            let position = try #require(lines.firstIndex { $0.contains("\"subject\":\"\(device)\"") })
            let data = #"{"reason":"Verzonnen verzoek","redacted":true}"#
            let redaction = admin.event(900, "entry.redacted", "entry/\(position)", data)
            #expect(try await server.push([redaction], by: admin).decode(PushAnswer.self).rejected.isEmpty)
            #expect(try !replica.status().lacksKey)
            try record(2, in: replica)
            #expect(try await sync(replica, server).accepted == 2)
            #expect(try replica.status().lacksKey)
            #expect(try replica.unsigned()?.count == 2)
        }
    }

    @Test("A signature that the server refuses stays with the reason, and does not stand in the way")
    func refused() async throws {
        try await TestServer.run { server, _ in
            let replica = try await clone(server)
            try record(1, in: replica)
            // Somebody has recorded a signature that does not hold.
            try replica.record(
                type: DeviceSignature.type,
                subject: replica.settings.device.rawValue,
                data: #"{"from":1,"through":1,"count":1,"signature":"AAAA"}"#
            )
            let summary = try await sync(replica, server)
            #expect(summary.accepted == 1 && summary.refused == 1)
            let refused = try #require(try replica.refused().first)
            #expect(refused.problem == "invalid-signature" && refused.id == 2)
            try record(1, in: replica)
            #expect(try await sync(replica, server).accepted == 1)
            _ = try replica.discardRefused([refused.id])
            try await sync(replica, server)
            #expect(try check(replica.log).unsigned == [:])
        }
    }

    @Test("A replica that goes on as another device leaves the former one's signatures behind")
    func otherDevice() async throws {
        try await TestServer.run { server, _ in
            let replica = try await clone(server)
            let store = try #require(server.source.store("assen"))
            try record(1, in: replica)
            try await sync(replica, server)
            let copy = folder.file("kopie")
            replica.close()
            try FileManager.default.copyItem(atPath: replica.folder, toPath: copy)
            let first = try Replica(opening: replica.folder, environment: clock.environment)
            let second = try Replica(opening: copy, environment: clock.environment)
            let former = try first.settings.device
            try record(2, in: first)
            try await sync(first, server)
            // The copy had recorded a signature of its own when it was cut off.
            try record(1, in: second)
            try second.record(
                type: DeviceSignature.type,
                subject: former.rawValue,
                data: #"{"from":3,"through":3,"count":1,"signature":"AAAA"}"#
            )
            let summary = try await sync(second, server)
            #expect(summary.deviceChange?.former == former && summary.refused == 0 && summary.accepted == 1)
            #expect(try second.status().pending == 0)
            #expect(try check(store) == (3, [:]))
        }
    }
}
