internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import Synchronization

/// An agenda with a few entries and one enrolled device, of which every input gets a copy of its own.
struct PushFixture: Sendable {
    let device: DeviceID
    let key: LogKey
    private let log: InMemoryLogStore
    /// The device's lines that are in the log, or were refused.
    let sent: [String]
    /// The data of a signature of the device on its entries.
    let signature: String

    static let shared = Task { try await PushFixture() }

    private init() async throws {
        let key = NoteTarget.key
        let deviceKey = try DeviceKey(seed: [UInt8](repeating: 5, count: 32))
        let store = InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        try store.add(
            Invite(
                hash: InviteCode.hash("uitnodiging"),
                role: .admin,
                member: nil,
                expires: Timestamp(millisecondsSince1970: 1_900_000_000_000)
            )
        )
        let sequencer = try Sequencer(store: store, key: key, environment: Self.environment())
        _ = try await sequencer.record(type: "agenda.founded", subject: "agenda/proef", data: #"{"title":"Proef"}"#)
        let enrolled = try await sequencer.enrol(
            Enrolment(
                invite: "uitnodiging",
                memberName: "Deelnemer",
                deviceName: "Laptop",
                key: deviceKey.publicKey
            )
        )
        device = enrolled.device
        let id = device.id
        let lines = [
            EventSeeds.event(
                #"{"title":"Groen"}"#,
                type: "theme.opened",
                subject: "theme/\(id)-1",
                id: 1,
                source: device.rawValue,
                basis: 0
            ),
            EventSeeds.event(
                #"{"title":"Net"}"#,
                type: "project.started",
                subject: "project/\(id)-2",
                id: 2,
                source: device.rawValue,
                basis: 3
            ),
            EventSeeds.event(#"{"title":"b"}"#, subject: "project/\(id)-2", id: 4, source: device.rawValue, basis: 3),
            EventSeeds.event(#"{"title":1}"#, subject: "project/\(id)-2", id: 5, source: device.rawValue, basis: 3),
            EventSeeds.event(#"{"title":"c"}"#, subject: "project/\(id)-2", id: 6, source: device.rawValue, basis: 3),
        ]
        sent = lines
        _ = try await sequencer.push(Push(source: EventSource(device), body: Array(lines.joined(separator: "\n").utf8)))
        await sequencer.shutDown()
        var unsigned = UnsignedEntries(of: device, after: Counter(0), in: store)
        let covered = try unsigned.coverable()
        let signed = DeviceSignature(on: covered, of: device, origin: key.origin, by: deviceKey)
        guard let signed, signed.count == 4 else {
            throw BrokenProperty(description: "the device has not the four entries that it signs")
        }
        signature = signed.json
        self.key = key
        log = store
    }

    /// The same identities every time, so that the inputs in the corpus fit.
    private static func environment() -> RuntimeEnvironment {
        let random = Mutex(SplitMix64(seed: 1))
        return RuntimeEnvironment(
            now: { Timestamp(millisecondsSince1970: 1_800_000_000_000) },
            random: { count in
                random.withLock { random in (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) } }
            }
        )
    }

    /// A copy of the agenda's log.
    func store() -> InMemoryLogStore { log.copy() }

    func sequencer(_ store: InMemoryLogStore) throws -> Sequencer {
        try Sequencer(store: store, key: key, environment: Self.environment())
    }
}
