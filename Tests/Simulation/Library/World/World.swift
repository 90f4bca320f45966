internal import AgendaModel
internal import EventLog
internal import EventLogTesting
internal import FoundationEssentials
internal import LogClient
internal import SyncClient

/// The world of one seed: laptops, a server or two on one store, and the network between them.
///
/// Everything that can happen next is a `Choice`. The seed takes one, and the world waits until nothing moves any more.
/// Laptops are held at each request, at each piece of an answer and at each wait, a server at each write. So threads have
/// no say in the order, and a seed gives the same steps each time. A laptop's process ends at a chosen write, and its
/// files are opened again as they are. At the end faults stop, everybody syncs, and what is there is held against `Model`.
final class World {
    let scenario: Scenario
    let scheduler = Scheduler()
    let time = SimulatedTime()
    let root: String
    let disk: SimulatedDisk
    var random: SplitMix64
    var model = Model()
    var statistics = Statistics()
    var trace: Trace
    /// By place; nil where the server is down.
    var servers: [SimulatedServer?]
    let serverClock: SimulatedClock
    /// What each server has noted as shown, by place; outlasts its processes.
    private var seen: [SeenInMemory]
    var laptops: [Laptop] = []
    var network = Network()
    /// Whether faults have stopped.
    var isCalm = false
    /// The component that is broken on purpose, if any, and whether it has gone wrong already.
    let canary: Canary?
    var hasBroken = false
    /// Whether somebody has imported the many events of the scenario.
    var hasImported = false
    let serverRandom: SharedRandom
    private var serverLives = 0

    /// Makes a world in which all laptops have enrolled and nothing has gone wrong yet.
    init(seed: UInt64, in root: String, canary: Canary? = nil, listener: (@Sendable (String) -> Void)?) async throws {
        random = SplitMix64(seed: seed)
        scenario = Scenario(&random)
        trace = Trace(listener: listener)
        self.root = root
        self.canary = canary
        serverClock = SimulatedClock(time)
        serverRandom = SharedRandom(seed: random.next())
        let key = try LogKey(origin: "test.example/agendas/\(SimulatedServer.agenda)", seed: serverRandom.bytes(32))
        let store = InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        disk = SimulatedDisk(store, key: key)
        servers = Array(repeating: nil, count: scenario.servers)
        seen = servers.map { _ in SeenInMemory() }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try await startServer(0)
        try await enrolLaptops()
        for number in servers.indices.dropFirst() { try await startServer(number) }
        for server in servers { server?.store.closeGate() }
    }

    func startServer(_ number: Int) async throws {
        serverLives += 1
        let (clock, random) = (serverClock, serverRandom)
        servers[number] = try await SimulatedServer(
            number,
            on: disk,
            seen: seen(ofServer: number),
            statePath: "\(root)/server-\(serverLives).sqlite",
            environment: RuntimeEnvironment(
                now: { clock.now },
                elapsed: { [time] in .milliseconds(time.now) },
                random: { random.bytes($0) }
            ),
            scheduler: scheduler
        )
    }

    /// What a server notes; nothing lasts where a store is broken that the guard would see before anybody else.
    private func seen(ofServer number: Int) -> SeenInMemory {
        canary?.isSeenByGuard == true ? SeenInMemory(forgets: true) : seen[number]
    }

    private func enrolLaptops() async throws {
        guard let server = servers[0] else { return }
        let data = #"{"title":"Voorbeeldagenda","region":"Assen"}"#
        _ = try await server.sequencer.record(type: "agenda.founded", subject: "agenda/proef", data: data)
        for number in 0..<scenario.laptops {
            let role: Role = number == 0 ? .admin : random.chance(0.5) ? .editor : .recorder
            let code = "uitnodiging-\(number)"
            let expires = Timestamp(millisecondsSince1970: time.now + 86_400_000)
            let hash = Hash.sha256(Array(code.utf8))
            try disk.store.add(Invite(hash: hash, role: role, member: nil, expires: expires))
            laptops.append(
                try await Laptop(
                    number,
                    in: root,
                    seed: random.next(),
                    time: time,
                    scheduler: scheduler,
                    server: server,
                    invite: code
                )
            )
        }
    }

    /// Waits until nothing moves, and takes note of what has happened.
    func settle() async throws {
        while true {
            let present = scheduler.present
            if present.running == 0, servers.allSatisfy({ $0?.isQuiet ?? true }) { break }
            await scheduler.change(since: present.version)
        }
        collectAnswers()
        for laptop in laptops { try collectOutcome(of: laptop) }
    }

    /// Whether this fault happens now.
    func happens(_ fault: Fault) -> Bool {
        guard !isCalm, random.chance(scenario.chance(of: fault)) else { return false }
        statistics.count(fault)
        return true
    }

    func note(_ what: String) { trace.add("\(time.now) \(what)") }

    func close() async {
        for laptop in laptops {
            laptop.power.off()
            laptop.transport.fail(LogClientError(.cancelled, "the simulation has ended"))
        }
        for server in servers { await server?.end(applying: false) }
        while case let present = scheduler.present, present.running > 0 {
            await scheduler.change(since: present.version)
        }
        for laptop in laptops { laptop.replica.close() }
        try? FileManager.default.removeItem(atPath: root)
    }
}
