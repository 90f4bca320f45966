import AgendaModel
import EventLog
import Testing

@testable import SyncClient

/// What laptops find of signatures in what they receive, from a server that looks at none of them.
@Suite("Signatures that are received")
struct ReceivedSignaturesTests {
    let agenda: TestAgenda
    let author: Replica
    let reader: Replica

    init() async throws {
        agenda = try TestAgenda()
        agenda.server.keepKeys()
        author = try await agenda.clone("een")
        reader = try await agenda.clone("twee")
    }

    private func record(_ count: Int) throws {
        for number in 1...count {
            try author.record(type: "organisation.registered", data: #"{"name":"Verzonnen \#(number)","sort":"other"}"#)
        }
    }

    private func sign(_ data: String) throws {
        try author.record(type: DeviceSignature.type, subject: author.settings.device.rawValue, data: data)
    }

    @Test("Those that hold are found to hold, also when a sync brings several")
    func good() async throws {
        for round in 1...3 {
            try record(round)
            #expect(try await agenda.sync(author, .signing).badSignatures == [])
        }
        let signature = BytePattern(bytes: DeviceSignature.typeAttribute)
        let signed = agenda.server.log().entries.count { signature.isPart(of: $0) }
        #expect(signed == 3)
        #expect(try await agenda.sync(reader).badSignatures == [])
        try record(1)
        try await _ = agenda.sync(author, .signing)
        #expect(try await agenda.sync(reader).badSignatures == [])
        #expect(try reader.status().badSignatures == [])
    }

    @Test("A forged one is reported by whoever receives it, once, and stays in the status")
    func forged() async throws {
        try record(2)
        let wrong = [UInt8](repeating: 7, count: 64)
        try sign(#"{"from":1,"through":2,"count":2,"signature":"\#(Base64.encode(wrong))"}"#)
        try await _ = agenda.sync(author, .signing)
        let summary = try await agenda.sync(reader)
        let device = try author.settings.device
        let position = agenda.server.size.next - 1
        let expected = [BadSignature(position: position, device: device, fault: "does-not-hold")]
        #expect(summary.badSignatures == expected)
        #expect(expected[0].explanation.contains("did not sign these entries"))
        #expect(try await agenda.sync(reader).badSignatures == [])
        #expect(try reader.status().badSignatures == expected)
        #expect(try reader.status().isCaughtUp, "it stands in nobody's way")
    }

    @Test("A server that altered an entry for others than its author is caught by the signature")
    func altered() async throws {
        try record(3)
        try await _ = agenda.sync(author, .signing)
        // The same history but for one letter, signed by the log's key.
        let honest = agenda.server.log()
        var log = FakeServer.Log(key: honest.key)
        for entry in honest.entries {
            let text = String(decoding: entry, as: UTF8.self).replacing("Verzonnen 2", with: "Verzonnen 9")
            log.entries.append(Array(text.utf8))
            log.edge.append(leaf: log.entries[log.entries.count - 1].withUnsafeBufferPointer { Merkle.leaf($0) })
        }
        agenda.server.restore(log)
        let findings = try await agenda.sync(reader).badSignatures
        #expect(findings.map(\.fault) == ["does-not-hold"])
        #expect(try findings.map(\.device) == [author.settings.device])
    }

    @Test("What a signature covers too little or too much of is reported, and a signature that is none")
    func counts() async throws {
        try record(3)
        let bytes = Base64.encode([UInt8](repeating: 7, count: 64))
        try sign(#"{"from":1,"through":3,"count":2,"signature":"\#(bytes)"}"#)
        try sign(#"{"from":1,"through":3,"count":4,"signature":"\#(bytes)"}"#)
        try sign(#"{"from":3,"through":1,"count":1,"signature":"\#(bytes)"}"#)
        try await _ = agenda.sync(author, .signing)
        let found = try await agenda.sync(reader).badSignatures.map(\.fault)
        #expect(found == ["other-entries", "other-entries", "unreadable"])
    }
}
