internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Files
internal import FoundationEssentials
internal import LogClient
internal import SyncClient
internal import SyncProtocol
internal import Synchronization

/// One laptop: a real replica in a folder, with a clock, a connection and a process that can end at any write.
final class Laptop {
    let number: Int
    let transport: SimulatedTransport
    let clock: SimulatedClock
    let random: SharedRandom
    private(set) var replica: Replica
    private(set) var power = Power()
    /// The sync that is running.
    private(set) var sync: SyncOutcome?
    /// What it is part of.
    private(set) var errand = Errand.syncing
    /// The invite with which it asks to be let in again, until it is.
    var invite: String?
    /// In how many moments the store had gone back when the sync began.
    var retreatMoments = 0
    /// The subjects that it knows of, by kind.
    var known: [String: [String]] = [:]
    /// How much of the log has been looked at for the model.
    var observed = 0
    /// The marks of what was being recorded when the process ended, and how much had been folded then.
    var uncertain: [(mark: Int, folded: Int)] = []
    /// Why the last sync failed, if it did.
    var lastFailure: String?
    private let root: String
    private var lives = 0
    private let environment: RuntimeEnvironment

    /// What a laptop syncs for.
    enum Errand {
        case syncing, rejoining, givingBack
    }

    /// A laptop that has enrolled, with folders below `root` and randomness from `seed`; so many answers to that were lost.
    init(
        _ number: Int,
        in root: String,
        seed: UInt64,
        time: SimulatedTime,
        scheduler: Scheduler,
        server: SimulatedServer,
        invite: String,
        lostAnswers: Int
    ) async throws {
        let transport = SimulatedTransport(scheduler: scheduler)
        let clock = SimulatedClock(time)
        let random = SharedRandom(seed: seed)
        self.number = number
        self.root = root
        self.transport = transport
        self.clock = clock
        self.random = random
        let environment = RuntimeEnvironment(
            now: { clock.now },
            random: { random.bytes($0) },
            sleep: { try await transport.sleep($0) }
        )
        self.environment = environment
        let folder = "\(root)/laptop-\(number).0"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let key = try DeviceKey(seed: random.bytes(32))
        try SecretFile.write(Base64.encode(key.seed) + "\n", at: "\(folder)/device.key")
        func enrol(_ losesAnswer: Bool) async throws -> Replica {
            try await Replica.enrol(
                url: "https://test.example/agendas/\(SimulatedServer.agenda)",
                into: folder,
                invite: invite,
                memberName: "Voorbeeldpersoon \(number)",
                deviceName: "laptop \(number)",
                transport: DirectTransport(server: server, losesAnswer: losesAnswer),
                environment: environment
            )
        }
        for _ in 0..<lostAnswers { _ = try? await enrol(true) }
        replica = try await enrol(false)
        power.connect(store)
    }

    /// The replica's own store, below all rules.
    var store: SQLiteLogStore {
        guard let store = replica.log as? SQLiteLogStore else { preconditionFailure("a replica's log is a file") }
        return store
    }

    /// Its device, as a subject.
    var device: DeviceID {
        get throws { try replica.settings.device }
    }

    /// Its bearer token: of the device that it is about to become, if the server has let it in as another one.
    var token: String? {
        struct Stored: Decodable { var answer: EnrolmentAnswer }
        if let json = try? SecretFile.read("\(replica.folder)/enrolment.json"),
            let stored = try? ProtocolJSON.decode(Stored.self, from: Array(json.utf8))
        {
            return stored.answer.token
        }
        return (try? SecretFile.read("\(replica.folder)/token")).map { String($0.prefix { $0 != "\n" }) }
    }

    /// Takes away the key that it signs with.
    func loseKey() throws { try FileManager.default.removeItem(atPath: "\(replica.folder)/device.key") }

    /// How many entries it has verified.
    var size: Int { get throws { try replica.log.head().size.rawValue } }

    /// Remembers a subject, to record something about it.
    func learn(_ subject: String) {
        let kind = String(subject.prefix { $0 != "/" })
        if known[kind]?.contains(subject) != true { known[kind, default: []].append(subject) }
    }

    private var nextKey: String { "\(replica.folder)/device.key.next" }

    /// Whether it has asked to be let in as another device, and has not had the answer.
    var awaitsEnrolment: Bool { FileManager.default.fileExists(atPath: nextKey) }

    /// Has the key of the device that it is about to become follow from the seed.
    func prepareKey() throws {
        guard !awaitsEnrolment else { return }
        try SecretFile.write(Base64.encode(try DeviceKey(seed: random.bytes(32)).seed) + "\n", at: nextKey)
    }

    /// Syncs at once, before the simulation begins.
    func sync(with server: SimulatedServer) async throws {
        let transport = DirectTransport(server: server, losesAnswer: false)
        _ = try await replica.sync(over: transport, options: SyncOptions()).finish()
    }

    /// Begins a sync, or what comes with one; the scheduler hears when it waits or has ended.
    func begin(
        _ errand: Errand,
        _ scheduler: Scheduler,
        _ body: @escaping @Sendable (Replica, SimulatedTransport) async throws -> SyncSummary
    ) {
        let outcome = SyncOutcome()
        self.errand = errand
        sync = outcome
        scheduler.begin()
        let (replica, transport) = (replica, transport)
        Task {
            do {
                outcome.set(.success(try await body(replica, transport)))
            } catch {
                outcome.set(.failure(error))
            }
            scheduler.rest()
        }
    }

    /// What the sync came to, if it has ended; then there is none any more.
    func takeOutcome() -> Result<SyncSummary, any Error>? {
        guard let result = sync?.result else { return nil }
        sync = nil
        return result
    }

    /// Opens the replica again from what its files hold, after its process has ended.
    ///
    /// `change` is what happens to the files in between.
    func reopen(_ change: (_ folder: String) throws -> Void = { _ in }) throws {
        let old = replica
        lives += 1
        let folder = "\(root)/laptop-\(number).\(lives)"
        try Self.copyFiles(from: old.folder, to: folder)
        old.close()
        try FileManager.default.removeItem(atPath: old.folder)
        try change(folder)
        replica = try Replica(opening: folder, environment: environment)
        power = Power()
        power.connect(store)
    }

    /// Copies what is on the disk; the index of the journal is memory of the processes that have it open.
    static func copyFiles(from old: String, to new: String) throws {
        try FileManager.default.createDirectory(atPath: new, withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(atPath: old)
        where !file.hasSuffix("-shm") && file != "sync.lock" {
            try FileManager.default.copyItem(atPath: "\(old)/\(file)", toPath: "\(new)/\(file)")
        }
    }

    /// A copy of the folder in which a byte of the log's name is another one.
    func damagedCopy() throws -> String {
        let folder = "\(root)/laptop-\(number).damaged"
        try Self.copyFiles(from: replica.folder, to: folder)
        let file = URL(fileURLWithPath: "\(folder)/log.sqlite")
        var bytes = try Data(contentsOf: file)
        if let place = bytes.firstRange(of: Array(store.identity.origin.utf8)) { bytes[place.lowerBound] ^= 1 }
        try bytes.write(to: file)
        return folder
    }
}

/// Asks a server at once: for what happens before the simulation begins.
private struct DirectTransport: Transport {
    let server: SimulatedServer
    let losesAnswer: Bool

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let answer = await server.answer(request)
        if losesAnswer { throw LogClientError(.cut, "the connection broke before the answer") }
        let body = Mutex<[UInt8]?>(answer.body)
        return TransportResponse(status: answer.status, headers: answer.headers) {
            body.withLock { $0.take() }
        }
    }
}
