internal import AgendaModel
internal import EventLog
internal import EventLogSQLite
internal import Files
internal import FoundationEssentials
internal import LogClient
internal import SyncClient
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

    /// A laptop that has enrolled, with folders below `root` and randomness from `seed`.
    init(
        _ number: Int,
        in root: String,
        seed: UInt64,
        time: SimulatedTime,
        scheduler: Scheduler,
        server: SimulatedServer,
        invite: String
    ) async throws {
        let transport = SimulatedTransport(scheduler: scheduler)
        let clock = SimulatedClock(time)
        let random = SharedRandom(seed: seed)
        self.number = number
        self.root = root
        self.transport = transport
        self.clock = clock
        self.random = random
        environment = RuntimeEnvironment(
            now: { clock.now },
            random: { random.bytes($0) },
            sleep: { try await transport.sleep($0) }
        )
        let folder = "\(root)/laptop-\(number).0"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let key = try DeviceKey(seed: random.bytes(32))
        try SecretFile.write(Base64.encode(key.seed) + "\n", at: "\(folder)/device.key")
        replica = try await Replica.enrol(
            url: "https://test.example/agendas/\(SimulatedServer.agenda)",
            into: folder,
            invite: invite,
            memberName: "Voorbeeldpersoon \(number)",
            deviceName: "laptop \(number)",
            transport: DirectTransport(server: server),
            environment: environment
        )
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

    /// Its bearer token.
    var token: String? {
        (try? SecretFile.read("\(replica.folder)/token")).map { String($0.prefix { $0 != "\n" }) }
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

    /// Begins a sync; the scheduler hears when it waits or has ended.
    func beginSync(_ scheduler: Scheduler, options: SyncOptions) {
        let outcome = SyncOutcome()
        sync = outcome
        scheduler.begin()
        let (replica, transport) = (replica, transport)
        Task {
            do {
                outcome.set(.success(try await replica.sync(over: transport, options: options).finish()))
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

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let answer = await server.answer(request)
        let body = Mutex<[UInt8]?>(answer.body)
        return TransportResponse(status: answer.status, headers: answer.headers) {
            body.withLock { $0.take() }
        }
    }
}
