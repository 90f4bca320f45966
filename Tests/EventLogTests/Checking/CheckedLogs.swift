import AgendaModel
import EventLog
import EventLogTesting
import GRDB
import Synchronization
import Testing

@testable import EventLogSQLite

/// Files of logs with something in every table, closed, as those who wrote them leave them.
///
/// The people and projects in them are invented.
enum CheckedLogs {
    /// Always the same, so that the files are too, byte for byte.
    static let key: LogKey = {
        let seed = [UInt8](repeating: 7, count: 32)
        guard let key = try? LogKey(origin: "log.voorbeeld.nl/agendas/proef", seed: seed) else {
            preconditionFailure("32 bytes make a key")
        }
        return key
    }()
    private static let start = 1_800_000_000_000

    /// A server's log: a segment and a tail of some commits, two devices, one of them revoked, what was refused, invites,
    /// and an entry that was erased in each of segment and tail.
    static func server(at path: String, size: Int = 330, redacting: Bool = true) async throws {
        let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
        let store = try SQLiteLogStore.create(at: path, identity: identity)
        let random = Mutex(SplitMix64(seed: 11))
        let clock = Mutex(start)
        let environment = RuntimeEnvironment(
            now: {
                clock.withLock { now in
                    now += 1_000
                    return Timestamp(millisecondsSince1970: now)
                }
            },
            random: { count in
                random.withLock { random in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
            }
        )
        let sequencer = try Sequencer(store: store, key: key, environment: environment)
        for code in ["een", "twee", "drie"] { try store.add(invite(code)) }
        let admin = try await enrol(sequencer, "een")
        let other = try await enrol(sequencer, "twee")
        let again = try await enrol(sequencer, .continuing(other.device))
        try store.open(to: .public)
        var id = 0
        while try store.head().size.rawValue < size {
            let drafts = (0..<(id == 0 ? 240 : 20)).map { _ -> Draft in
                id += 1
                return id % 5 == 1 ? .start(id, by: admin.device) : revised(id, by: admin.device)
            }
            _ = try await sequencer.push(drafts, by: admin.device)
            _ = try await sequencer.push(
                [.start(id, by: other.device), revised(id + 1, by: other.device)],
                by: other.device
            )
        }
        let cut = #"{"specversion":"1.0","#.padded(to: 2_000)
        _ = try await sequencer.push(
            lines: [revised(id + 1, by: "device/nietvanhier").line(of: admin.device), cut],
            by: admin.device
        )
        let revoked = Draft(
            id: id + 2,
            type: "device.revoked",
            subject: other.device.rawValue,
            data: #"{"revoked":true}"#
        )
        _ = try await sequencer.push([revoked], by: admin.device)
        let positions = redacting ? [20, size - 1] : []
        for (number, position) in positions.enumerated() {
            let reason = #"{"redacted":true,"reason":"verzonnen"}"#
            let draft = Draft(id: id + 3 + number, type: "entry.redacted", subject: "entry/\(position)", data: reason)
            _ = try await sequencer.push([draft], by: admin.device)
        }
        _ = again
        await sequencer.shutDown()
        // Everything into the file itself.
        #expect(try store.scrub())
        try store.tidy()
        try store.close()
    }

    /// A laptop's replica of a server's log up to a size, with segments staged beyond it, and events that were not sent.
    static func replica(at path: String, of server: String, size: Int) throws {
        let source = try SQLiteLogStore(at: server)
        defer { try? source.close() }
        let store = try SQLiteLogStore.create(at: path, identity: source.identity)
        let checkpoint = try #require(try source.checkpoint(atMost: LogSize(size)))
        let end = checkpoint.checkpoint.size
        let whole = end.wholeSegments
        let tail = try source.entries(LogSize(segments: whole).positions(upTo: end))
        let runs = try runs(of: source, upTo: end)
        let device = try #require(runs.max { $0.last < $1.last }?.source.device)
        let own = runs.filter { $0.source == EventSource(device) }
        try store.stage(try source.segments(0..<whole))
        _ = try store.install(
            VerifiedPull(
                tail: tail,
                checkpoint: checkpoint,
                runs: own,
                nextCounter: own.last?.last.next
            ),
            expecting: .zero
        )
        try store.stage(try source.segments(whole..<whole + 1))
        try store.setReplicaFacts([
            "url": "https://log.voorbeeld.nl/agendas/proef", "agenda": "proef", "device": device.rawValue,
            "member": "member/iemand", "role": "editor", "known-size": "400", "last-sync": "2027-01-15T08:00:00.000Z",
        ])
        let counters = try store.outbox.record(at: Timestamp(millisecondsSince1970: start)) { next in
            (next.rawValue..<next.rawValue + 3).map {
                Array(revised($0, by: device).line(of: device).utf8)
            }
        }
        try store.outbox.refuse([
            Outbox.Refusal(counter: counters.lowerBound.next, code: "not-allowed", detail: "nee")
        ])
        // Everything into the file itself.
        try store.tidy()
        try store.close()
    }

    private static func runs(of log: SQLiteLogStore, upTo size: LogSize) throws -> [CounterRun] {
        var runs: [CounterRun] = []
        var reader = EventReader()
        try log.forEachBlock(in: Position(0)..<size.next) { first, _, block in
            var position = first
            try Lines.forEach(in: block) { line in
                let entry = UnsafeBufferPointer(rebasing: block[line])
                let attributes = try reader.read(entry, as: .entry)
                let source = EventSource(unchecked: String(decoding: entry[attributes.source], as: UTF8.self))
                runs.extend(source: source, counter: attributes.counter, position: position)
                position += 1
            }
        }
        return runs
    }

    private static func revised(_ id: Int, by device: DeviceID) -> Draft {
        Draft(
            id: id,
            subject: "project/\(device.id)-\((id - 1) / 5 * 5 + 1)",
            data: #"{"title":"Titel \#(id)"}"#
        )
    }

    private static func invite(_ code: String) -> Invite {
        Invite(
            hash: InviteCode.hash(code),
            role: .admin,
            member: nil,
            expires: Timestamp(millisecondsSince1970: start + 1_000_000_000)
        )
    }

    private static func enrol(_ sequencer: Sequencer, _ code: String) async throws -> Enrolled {
        try await enrol(sequencer, .invite(code, memberName: "Voorbeeld"))
    }

    private static func enrol(_ sequencer: Sequencer, _ right: Enrolment.Right) async throws -> Enrolled {
        try await sequencer.enrol(
            Enrolment(right, deviceName: "laptop", key: DeviceKey(seed: Array(0..<32)).publicKey)
        )
    }
}

extension String {
    fileprivate func padded(to length: Int) -> String { self + String(repeating: "x", count: max(0, length - count)) }
}
