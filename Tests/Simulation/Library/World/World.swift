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
    /// The sort of store that is tested beside the one in memory; nil for none.
    let tested: TestedStore?
    var random: SplitMix64
    var model = Model()
    var statistics = Statistics()
    var trace: Trace
    /// By place; nil where the server is down.
    var servers: [SimulatedServer?]
    /// By place.
    let serverClocks: [SimulatedClock]
    /// What servers have noted as shown: one file for all that work on one store; outlasts their processes.
    var seen = SeenInMemory()
    var retreats = Retreats()
    /// Whether those who run the servers have them go on whatever their clocks say.
    var acceptsClock = false
    /// The greatest time that the store has recorded so far.
    var recordedTime: Timestamp?
    /// Whose each token is, or was.
    var tokens: [Hash: DeviceID] = [:]
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
    var serverLives = 0

    /// Makes a world in which all laptops have enrolled and nothing has gone wrong yet.
    init(
        seed: UInt64,
        in root: String,
        on making: StoreMaking? = nil,
        canary: Canary? = nil,
        listener: (@Sendable (String) -> Void)?
    ) async throws {
        random = SplitMix64(seed: seed)
        scenario = Scenario(&random)
        trace = Trace(listener: listener)
        self.root = root
        self.canary = canary
        serverRandom = SharedRandom(seed: random.next())
        let key = try LogKey(origin: "test.example/agendas/\(SimulatedServer.agenda)", seed: serverRandom.bytes(32))
        let identity = LogIdentity(origin: key.origin, verifierKey: key.verifier)
        self.tested =
            canary == .answersOtherwise ? .forgetful : making.map { making in TestedStore { try making($0, root) } }
        disk = SimulatedDisk(TwinStore(InMemoryLogStore(identity: identity), tested: self.tested), key: key)
        servers = Array(repeating: nil, count: scenario.servers)
        serverClocks = servers.map { [time] _ in SimulatedClock(time) }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try await startServer(0)
        try await enrolLaptops()
        try await shareProject()
        for number in servers.indices.dropFirst() { try await startServer(number) }
        for server in servers { server?.store.closeGate() }
        disk.forgetPast()
        try watchStore()
    }

    /// Waits until nothing moves, and takes note of what has happened.
    func settle() async throws {
        while true {
            let present = scheduler.present
            if present.running == 0, servers.allSatisfy({ $0?.isQuiet ?? true }) { break }
            await scheduler.change(since: present.version)
        }
        try watchStore()
        collectAnswers()
        for laptop in laptops { try collectOutcome(of: laptop) }
    }

    /// Whether this fault happens now.
    func happens(_ fault: Fault) -> Bool {
        guard !isCalm, canary?.allows(fault) ?? true, random.chance(scenario.chance(of: fault)) else { return false }
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
