import AgendaModel
import EventLogTesting
import Testing

@testable import EventLog

/// Signatures of devices on their entries.
///
/// The vectors, `Protocol/Vectors/authorship`, were made by another implementation.
@Suite("Authorship")
struct AuthorshipTests {
    struct File: Decodable {
        struct Example: Decodable {
            var device: DeviceID
            var seed, key, message, data: String
            var entries: [String]
        }
        struct Log: Decodable {
            struct Fault: Decodable {
                var position: Int
                var device: DeviceID
                var fault: String
            }
            struct Unsigned: Decodable {
                var device: DeviceID
                var hasKey: Bool
                var count, position: Int
                var recordedtime: String
            }
            var name: String
            var entries: [String]
            var faults: [Fault]
            var unsigned: [Unsigned]
            var unverifiable: Int?
        }
        var origin: String
        var example: Example
        var logs: [Log]
    }

    static let file = Result { try Vectors.read("authorship/logs.json", as: File.self) }
    private static let origin = "log.example.nl/agendas/demo"
    private static let device: DeviceID = "device/k3j9x2"

    /// What a check says of a log.
    private struct Report: Equatable {
        var findings: [AuthorshipCheck.Finding] = []
        var unsigned: [AuthorshipCheck.Unsigned] = []
        var unverifiable = 0
        var signatures = 0
    }

    private func check(_ entries: [String], origin: String = Self.origin) throws -> Report {
        var reader = EventReader()
        var check = AuthorshipCheck(origin: origin)
        var report = Report()
        for (position, entry) in entries.enumerated() {
            let finding = try Array(entry.utf8).lend { bytes in
                let attributes = try reader.read(bytes, as: .entry)
                return check.look(at: bytes, attributes, leaf: Merkle.leaf(bytes), position: Position(position))
            }
            if let finding { report.findings.append(finding) }
        }
        report.unsigned = check.unsigned
        report.signatures = check.signatures
        report.unverifiable = check.unverifiable
        return report
    }

    @Test("Every log of the vectors is judged as they say")
    func vectors() throws {
        let file = try Self.file.get()
        #expect(file.logs.count > 15)
        for log in file.logs {
            let report = try check(log.entries, origin: file.origin)
            let findings = log.faults.map { fault in
                AuthorshipCheck.Finding(
                    position: Position(fault.position),
                    device: fault.device,
                    fault: SignatureFault(rawValue: fault.fault) ?? .unreadable
                )
            }
            #expect(report.findings == findings, "\(log.name)")
            let unsigned = try log.unsigned.map { item in
                AuthorshipCheck.Unsigned(
                    device: item.device,
                    hasKey: item.hasKey,
                    count: item.count,
                    position: Position(item.position),
                    recordedTime: try #require(Timestamp(item.recordedtime))
                )
            }
            #expect(report.unsigned == unsigned, "\(log.name)")
            let signed = log.entries.count { $0.contains(#""type":"device.signed""#) }
            #expect(report.unverifiable == log.unverifiable ?? 0, "\(log.name)")
            #expect(report.signatures == signed - findings.count - report.unverifiable, "\(log.name)")
        }
    }

    @Test("Every fault but that of too many entries is in the vectors")
    func everyFault() throws {
        let found = try Set(Self.file.get().logs.flatMap { $0.faults.map(\.fault) })
        #expect(found == Set(SignatureFault.allCases.map(\.rawValue)).subtracting([SignatureFault.tooMany.rawValue]))
    }

    @Test("A signature is made over the bytes that the vectors show")
    func example() throws {
        let file = try Self.file.get()
        let example = file.example
        let key = try DeviceKey(seed: [UInt8](hexadecimal: example.seed))
        #expect(Base64.encode(key.publicKey) == example.key)
        let covered = try Self.covered(example.entries)
        let made = try #require(
            DeviceSignature(on: covered, of: example.device, origin: file.origin, by: key)
        )
        let stored = try #require(Array(example.data.utf8).lend { DeviceSignature(data: $0) })
        // Ed25519 signatures need not be the same each time: each has to hold.
        for signature in [made, stored] {
            #expect(
                signature.fault(on: covered, of: example.device, origin: file.origin, by: key.publicKey) == nil
            )
        }
        #expect(DeviceKey.isValid(stored.signature, of: Array(example.message.utf8), by: key.publicKey))
        #expect(DeviceKey.isValid(made.signature, of: Array(example.message.utf8), by: key.publicKey))
        #expect((made.from, made.through, made.count) == (stored.from, stored.through, stored.count))
        #expect(try #require(Array(made.json.utf8).lend { DeviceSignature(data: $0) }) == made)
    }

    @Test("One signature covers a thousand entries and not one more", arguments: [1000, 1001])
    func limit(count: Int) throws {
        let key = DeviceKey.generate()
        var entries = [enrolled(key)]
        for counter in 1...count { entries.append(Self.entry(counter)) }
        let covered = try Self.covered(entries.dropFirst())
        let signature = DeviceSignature(on: covered, of: Self.device, origin: Self.origin, by: key)
        #expect((signature == nil) == (count > DeviceSignature.maximumEntries))
        // As somebody else might make it.
        let message = """
            ambit-device-signature/v1
            \(Self.origin)
            \(Self.device)
            1
            \(count)
            \(covered.digest.base64)

            """
        let forged = Base64.encode(key.sign(Array(message.utf8)))
        let data = signature?.json ?? #"{"from":1,"through":\#(count),"count":\#(count),"signature":"\#(forged)"}"#
        let report = try check(
            entries + [Self.entry(count + 1, type: DeviceSignature.type, Self.device.rawValue, data)]
        )
        #expect(report.findings.map(\.fault) == (signature == nil ? [.tooMany] : []))
        #expect(report.unsigned.map(\.count) == (signature == nil ? [count] : []))
    }

    @Test("Many signatures in a row cover many entries")
    func manySignatures() throws {
        let key = DeviceKey.generate()
        var entries = [enrolled(key)]
        for counter in 1...2500 { entries.append(Self.entry(counter)) }
        for (number, first) in [1, 1001, 2001].enumerated() {
            let covered = try Self.covered(entries[first...min(first + 999, 2500)])
            let signature = try #require(DeviceSignature(on: covered, of: Self.device, origin: Self.origin, by: key))
            entries.append(Self.entry(2501 + number, type: DeviceSignature.type, Self.device.rawValue, signature.json))
        }
        #expect(try check(entries) == Report(signatures: 3))
    }

    @Test("A check that is fed another leaf sees that a signature does not hold")
    func otherLeaf() throws {
        let key = DeviceKey.generate()
        let entries = [enrolled(key), Self.entry(1)]
        let covered = try Self.covered(entries.dropFirst())
        let signature = try #require(DeviceSignature(on: covered, of: Self.device, origin: Self.origin, by: key))
        let altered = Self.entry(1, data: #"{"name":"Energieduin"}"#)
        let signed = Self.entry(2, type: DeviceSignature.type, Self.device.rawValue, signature.json)
        #expect(try check(entries + [signed]).findings == [])
        let report = try check([entries[0], altered, signed])
        #expect(report.findings.map(\.fault) == [.doesNotHold])
        #expect(report.unsigned.map(\.position) == [Position(1)])
    }

    private static func covered(_ entries: some Sequence<String>) throws -> CoveredEntries {
        var covered = CoveredEntries()
        var reader = EventReader()
        for entry in entries {
            try Array(entry.utf8).lend { bytes in
                covered.add(try reader.read(bytes, as: .entry).counter, leaf: Merkle.leaf(bytes))
            }
        }
        return covered
    }

    private func enrolled(_ key: DeviceKey) -> String {
        let data = #"{"member":"member/m1","key":"\#(Base64.encode(key.publicKey))"}"#
        return Self.entry(1, source: "server", type: "device.enrolled", Self.device.rawValue, data)
    }

    private static func entry(
        _ counter: Int,
        source: String = Self.device.rawValue,
        type: String = "organisation.registered",
        _ subject: String? = nil,
        _ data: String? = nil,
        data other: String = #"{"name":"Energietuin"}"#
    ) -> String {
        #"{"specversion":"1.0","id":"\#(counter)","source":"\#(source)","type":"\#(type)","#
            + #""subject":"\#(subject ?? "organisation/k3j9x2-\(counter)")","time":"2026-11-12T10:00:00.000Z","#
            + #""basis":0,"data":\#(data ?? other),"recordedtime":"2026-11-12T10:00:01.000Z"}"#
    }
}
