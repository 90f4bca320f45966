import AgendaModel
import FoundationEssentials
import SyncClient
import Synchronization

/// A folder for one test, removed with this value.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/ambit-\(UInt64.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A clock that moves by a second with every look, and that nobody has to wait for.
final class TestClock: Sendable {
    private let state: Mutex<(now: Int, slept: [Duration])>

    init(_ start: Int = 1_800_000_000_000) {
        state = Mutex((start, []))
    }

    var slept: [Duration] { state.withLock { $0.slept } }

    /// Somebody, or an empty battery, sets the clock.
    func set(_ now: Int) { state.withLock { $0.now = now } }

    var environment: RuntimeEnvironment {
        RuntimeEnvironment(
            now: { [self] in
                state.withLock { state in
                    state.now += 1000
                    return Timestamp(millisecondsSince1970: state.now)
                }
            },
            random: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) } },
            sleep: { [self] duration in
                state.withLock { state in
                    state.slept.append(duration)
                    state.now += Int(duration.components.seconds) * 1000
                }
            }
        )
    }
}

/// A server, a folder and a clock.
struct TestAgenda {
    let server: FakeServer
    let folder: TestFolder
    let clock = TestClock()

    init() throws {
        server = try FakeServer()
        folder = try TestFolder()
        _ = server.record("agenda.founded", { _ in "agenda/assen" }, #"{"title":"Asser Ambitie Agenda"}"#)
    }

    func clone(_ name: String, role: String = "admin") async throws -> Replica {
        try await Replica.clone(
            url: FakeServer.url,
            into: folder.file(name),
            invite: "invite-\(role)",
            memberName: name,
            deviceName: name,
            transport: server,
            environment: clock.environment
        ).replica
    }

    /// Fills the server's log without a client.
    func fill(_ count: Int) {
        for index in 0..<count {
            _ = server.record(
                "organisation.registered",
                { "organisation/server-\($0)" },
                #"{"name":"Organisatie \#(index)","sort":"other"}"#
            )
        }
    }

    func sync(_ replica: Replica, _ options: SyncOptions = SyncOptions()) async throws -> SyncSummary {
        try await replica.sync(over: server, options: options).finish()
    }
}

/// The error that a sync stops with.
func failure(of body: () async throws -> some Any) async -> ReplicaError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? ReplicaError
    }
}
