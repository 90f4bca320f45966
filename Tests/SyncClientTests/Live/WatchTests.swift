import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import LogClient
import Logging
import ServiceLifecycle
import SyncProtocol
import SyncTesting
import Synchronization
import Testing

@testable import SyncClient
@testable import SyncServer

/// Watches of real replicas, over sockets to a real server.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct WatchTests {
    private let organisation = #"{"name":"Voorbeeldbedrijf","sort":"company"}"#

    /// Runs a test with a server, two replicas, and the source for another server.
    private func inTheField(
        _ test: (_ one: Replica, _ two: Replica, _ server: RunningServer, _ source: MemorySource) async throws -> Void
    ) async throws {
        let source = try MemorySource()
        let store = try source.add("assen")
        let folder = try TestFolder()
        let server = try await RunningServer(source)
        let url = "http://127.0.0.1:\(server.port)/agendas/assen"
        var replicas: [Replica] = []
        for name in ["een", "twee"] {
            let clone = try await Replica.clone(
                url: url,
                into: folder.file(name),
                invite: store.invite(),
                memberName: "Testpersoon",
                deviceName: name
            )
            replicas.append(clone.replica)
        }
        let result = await Result.running { try await test(replicas[0], replicas[1], server, source) }
        try? await server.stop()
        try result.get()
    }

    private func record(_ replica: Replica) throws {
        try replica.record(type: "organisation.registered", data: organisation)
    }

    @Test("A watch brings over what others record, by a live stream, and its entries are verified")
    func events() async throws {
        try await inTheField { one, two, _, _ in
            var hasRecorded = false
            for try await progress in one.watch() {
                if case .following(let channel) = progress, !hasRecorded {
                    #expect(channel == .events)
                    hasRecorded = true
                    try record(two)
                    _ = try await two.sync().finish()
                }
                if case .finished(let summary) = progress, hasRecorded {
                    #expect(summary.pulled > 0)
                    if try one.digest() == two.digest() { break }
                }
            }
            #expect(try one.status().size == two.status().size)
        }
    }

    @Test("Where streams are held back, pulls that wait do it")
    func wait() async throws {
        try await inTheField { one, two, server, _ in
            let proxy = try BufferingTransport(port: server.port)
            var options = WatchOptions()
            options.opening = .milliseconds(100)
            var hasRecorded = false
            for try await progress in one.watch(over: proxy, options: options) {
                if case .following(let channel) = progress, !hasRecorded {
                    #expect(channel == .wait)
                    hasRecorded = true
                    try record(two)
                    _ = try await two.sync().finish()
                }
                if case .finished = progress, hasRecorded, try one.digest() == two.digest() { break }
            }
            await proxy.shutDown()
        }
    }

    @Test("What is recorded meanwhile is sent at once, by this object and by another", arguments: [true, false])
    func pushes(byThisOne: Bool) async throws {
        try await inTheField { one, _, _, _ in
            let other = byThisOne ? one : try Replica(opening: one.folder)
            var hasRecorded = false
            for try await progress in one.watch() {
                if case .following = progress, !hasRecorded {
                    hasRecorded = true
                    try record(other)
                }
                if case .finished(let summary) = progress, summary.accepted == 1 { break }
            }
            #expect(try one.status().pending == 0)
        }
    }

    @Test("A watch in which nothing happens signs what is due")
    func signs() async throws {
        try await inTheField { one, _, _, source in
            let store = try #require(source.store("assen"))
            // A clock on which a quarter of an hour has nearly passed, and that is fast.
            let start = ContinuousClock.now
            var environment = one.environment
            environment.now = {
                let elapsed = start.duration(to: .now) / .milliseconds(1) * 60
                let ahead = 14.5 * 60_000 + elapsed
                let now = RuntimeEnvironment.system.now().millisecondsSince1970
                return Timestamp(millisecondsSince1970: now + Int(ahead))
            }
            environment.sleep = { try await Task.sleep(for: $0 / 60) }
            let replica = try Replica(opening: one.folder, environment: environment)
            try record(replica)
            _ = try await one.sync().finish()
            #expect(try replica.unsigned()?.count == 1)
            let watch = Task { for try await _ in replica.watch() {} }
            while try store.access().devices[replica.settings.device]?.signedThrough != Counter(1), !watch.isCancelled {
                try await Task.sleep(for: .milliseconds(20))
            }
            watch.cancel()
            _ = await watch.result
        }
    }

    @Test("A server that takes no pushes is followed all the same, and gets what is pending when it takes them")
    func readOnly() async throws {
        try await inTheField { one, two, server, _ in
            let transport = try ReadOnlyTransport(port: server.port)
            var options = WatchOptions()
            options.maximumDelay = .milliseconds(100)
            try record(one)
            try record(two)
            _ = try await two.sync().finish()
            var (isFollowing, hasWaited, received) = (false, false, 0)
            for try await progress in one.watch(over: transport, options: options) {
                switch progress {
                case .following where !isFollowing:
                    isFollowing = true
                    #expect(received > 0, "before anything was sent")
                    try record(two)
                    _ = try await two.sync().finish()
                case .waiting: hasWaited = true
                case .finished(let summary) where summary.accepted == 0:
                    received += summary.pulled
                    if isFollowing { transport.takePushes() }
                default: break
                }
                if case .finished(let summary) = progress, summary.accepted == 1 { break }
            }
            #expect(hasWaited)
            #expect(try one.status().pending == 0)
            await transport.shutDown()
        }
    }

    @Test(
        "What is recorded while a watch rests is sent at once, by this object and by another",
        arguments: [true, false]
    )
    func recordedAtRest(byThisOne: Bool) async throws {
        try await inTheField { one, _, server, _ in
            let other = byThisOne ? one : try Replica(opening: one.folder)
            let transport = try EndingTransport(port: server.port)
            var options = WatchOptions()
            // Longer than this test may take.
            options.maximumDelay = .seconds(3000)
            for try await progress in one.watch(over: transport, options: options) {
                if case .waiting(let seconds, _) = progress {
                    #expect(seconds == 3000)
                    try record(other)
                }
                if case .finished(let summary) = progress, summary.accepted == 1 { break }
            }
            #expect(try one.status().pending == 0)
            await transport.shutDown()
        }
    }

    @Test("Another sync of the same replica is waited for, and is no failure")
    func lock() async throws {
        try await inTheField { one, _, _, _ in
            var lock: FolderLock?
            var hasWaited = false
            for try await progress in one.watch() {
                switch progress {
                case .following where !hasWaited:
                    lock = try FolderLock(one.files.lock)
                    #expect(lock != nil)
                    try record(one)
                case .waiting:
                    #expect(lock != nil)
                    hasWaited = true
                    lock = nil
                default: break
                }
                if case .finished(let summary) = progress, summary.accepted == 1 { break }
            }
            #expect(hasWaited)
        }
    }

    @Test("A server that is gone is waited for, and followed again when it is back")
    func restart() async throws {
        try await inTheField { one, two, server, source in
            let second = Mutex<RunningServer?>(nil)
            var options = WatchOptions()
            options.firstDelay = .milliseconds(10)
            options.maximumDelay = .milliseconds(100)
            var (isDown, isBack, isFollowing) = (false, false, false)
            for try await progress in one.watch(options: options) {
                switch progress {
                case .following where !isDown:
                    isDown = true
                    try await server.stop()
                case .waiting where isDown && !isBack:
                    isBack = true
                    let started = try await RunningServer(source, port: server.port)
                    second.withLock { $0 = started }
                    try record(two)
                    _ = try await two.sync().finish()
                case .following where isBack: isFollowing = true
                default: break
                }
                // It may follow before there is anything to follow.
                if isFollowing, try one.status().size == two.status().size { break }
            }
            #expect(try one.digest() == two.digest())
            try await second.withLock { $0 }?.stop()
        }
    }

    @Test(
        "An entry that something in between does not let down is named, waited for, and received when it comes",
        arguments: [BoxAnswer.status(502), .status(413), .status(403), .nothing(.cut)]
    )
    func notLetDown(answer: BoxAnswer) async throws {
        try await inTheField { one, two, server, _ in
            let transport = try HoldingTransport(port: server.port, answer)
            var options = WatchOptions()
            options.firstDelay = .milliseconds(1)
            options.maximumDelay = .milliseconds(10)
            options.sync.retries.firstDelay = .milliseconds(1)
            options.sync.retries.maximumDelay = .milliseconds(10)
            var (held, named) = (Position?.none, false)
            for try await progress in one.watch(over: transport, options: options) {
                switch progress {
                case .following where held == nil:
                    // The first two of what the other one sends come through.
                    let position = try one.status().size.next + 2
                    held = position
                    transport.hold(position)
                    for _ in 1...5 { try record(two) }
                    _ = try await two.sync().finish()
                case .waiting(_, let reason):
                    guard let held, reason.description.contains("the entry at position \(held) ") else { continue }
                    named = true
                    transport.hold(nil)
                default: break
                }
                if named, try one.digest() == two.digest() { break }
            }
            #expect(try one.status().size == two.status().size)
            await transport.shutDown()
        }
    }

    @Test("A watch whose device is revoked stops, and says so")
    func revocation() async throws {
        try await inTheField { one, two, _, _ in
            var hasRevoked = false
            let error = await failure {
                for try await progress in one.watch() {
                    guard case .following = progress, !hasRevoked else { continue }
                    hasRevoked = true
                    try two.record(
                        type: "device.revoked",
                        subject: one.settings.device.rawValue,
                        data: #"{"revoked":true}"#
                    )
                    _ = try await two.sync().finish()
                }
            }
            #expect(error?.code == .revoked, "\(String(describing: error))")
        }
    }

    @Test("Entries that were changed on their way do not count; the log comes by pulling")
    func altered() async throws {
        try await inTheField { one, two, server, _ in
            let proxy = try BufferingTransport(port: server.port) { piece in
                // The same length, another name.
                var text = String(decoding: piece, as: UTF8.self)
                text = text.replacingOccurrences(of: "Voorbeeldbedrijf", with: "Voorbeeldbedrijk")
                return Array(text.utf8)
            }
            var hasRecorded = false
            for try await progress in one.watch(over: proxy) {
                if case .following = progress, !hasRecorded {
                    hasRecorded = true
                    try record(two)
                    _ = try await two.sync().finish()
                }
                if case .finished = progress, hasRecorded, try one.digest() == two.digest() { break }
            }
            #expect(proxy.changed > 0)
            #expect(try one.documents(kind: "organisation").allSatisfy { $0.document.contains("bedrijf") })
            await proxy.shutDown()
        }
    }

    @Test("A checkpoint of the stream that the pinned key did not sign stops the watch")
    func forgedCheckpoint() async throws {
        try await inTheField { one, _, server, _ in
            let proxy = try BufferingTransport(port: server.port) { piece in
                let text = String(decoding: piece, as: UTF8.self)
                return Array(text.replacingOccurrences(of: "data: test.example", with: "data: fest.example").utf8)
            }
            let error = await failure { for try await _ in one.watch(over: proxy) {} }
            #expect(error?.code == .badCheckpoint, "\(String(describing: error))")
            await proxy.shutDown()
        }
    }
}

/// The way to a server that takes no pushes.
private final class ReadOnlyTransport: Transport {
    private let base: HTTPTransport
    private let takesPushes = Mutex(false)

    init(port: Int) throws { base = try HTTPTransport(url: "http://127.0.0.1:\(port)/agendas/assen") }

    func takePushes() { takesPushes.withLock { $0 = true } }
    func shutDown() async { await base.shutDown() }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard request.method == "POST", !takesPushes.withLock({ $0 }) else { return try await base.send(request) }
        let body = Mutex<[UInt8]?>(ProblemDetails(.readOnly, "as the test wants").encoded())
        return TransportResponse(status: 503, headers: ["Content-Type": ProtocolConstants.problem]) {
            body.withLock { $0.take() }
        }
    }
}

/// The way to a server that ends its first live stream, and asks for a long rest.
private final class EndingTransport: Transport {
    private let base: HTTPTransport
    private let stream = Mutex<[UInt8]?>(Array(": ambit\nretry: 3000000\n\n".utf8))

    init(port: Int) throws { base = try HTTPTransport(url: "http://127.0.0.1:\(port)/agendas/assen") }

    func shutDown() async { await base.shutDown() }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard request.headers["Accept"] == ProtocolConstants.eventStream, stream.withLock({ $0 != nil }) else {
            return try await base.send(request)
        }
        return TransportResponse(status: 200, headers: ["Content-Type": ProtocolConstants.eventStream]) { [self] in
            stream.withLock { $0.take() }
        }
    }
}

/// The way past something that takes no live streams, and answers itself where a pull would bring a certain entry.
private final class HoldingTransport: Transport {
    private let base: HTTPTransport
    private let answer: BoxAnswer
    private let held = Mutex<Position?>(nil)

    /// - Parameters:
    ///   - port: the server's.
    ///   - answer: what it answers in the server's place.
    /// - Throws: when there can be no such address.
    init(port: Int, _ answer: BoxAnswer) throws {
        base = try HTTPTransport(url: "http://127.0.0.1:\(port)/agendas/assen")
        self.answer = answer
    }

    /// From now on no answer may bring this entry; nil: all may come.
    func hold(_ position: Position?) { held.withLock { $0 = position } }
    func shutDown() async { await base.shutDown() }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        guard request.headers["Accept"] != ProtocolConstants.eventStream else {
            return TransportResponse(status: 406, headers: ["Content-Type": "text/html"]) { nil }
        }
        let response = try await base.send(request)
        // A pull that waited may have begun before.
        guard let position = held.withLock({ $0 }), Box.Down.brings(position.rawValue, request) else { return response }
        while try await response.next() != nil {}
        return TransportResponse(status: try answer.status(), headers: ["Content-Type": "text/html"]) { nil }
    }
}

/// A proxy that holds live streams back, or changes them.
private final class BufferingTransport: Transport {
    private let base: HTTPTransport
    private let change: (@Sendable ([UInt8]) -> [UInt8])?
    private let changes = Mutex(0)

    /// - Parameters:
    ///   - port: the server's.
    ///   - change: what becomes of each piece of a stream; nil: it does not arrive.
    /// - Throws: when there can be no such address.
    init(port: Int, _ change: (@Sendable ([UInt8]) -> [UInt8])? = nil) throws {
        base = try HTTPTransport(url: "http://127.0.0.1:\(port)/agendas/assen")
        self.change = change
    }

    /// How many pieces arrived otherwise than they were sent.
    var changed: Int { changes.withLock { $0 } }

    func shutDown() async { await base.shutDown() }

    func send(_ request: TransportRequest) async throws -> TransportResponse {
        var response = try await base.send(request)
        guard request.headers["Accept"] == ProtocolConstants.eventStream else { return response }
        let next = response.next
        response.next = { [self] in
            while let piece = try await next() {
                guard let change else { continue }
                let changed = change(piece)
                if changed != piece { changes.withLock { $0 += 1 } }
                return changed
            }
            return nil
        }
        return response
    }
}
