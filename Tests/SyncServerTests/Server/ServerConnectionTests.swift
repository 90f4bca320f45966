import AgendaModel
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import NIOPosix
import ServiceLifecycle
import SyncProtocol
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Connections", .serialized, .timeLimit(.minutes(10)))
struct ServerConnectionTests {
    private func table(_ all: Int, each: Int) -> ConnectionTable {
        ConnectionTable(ConnectionLimits(all: all, each: each))
    }

    private func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        return channel
    }

    @Test("The connection on which nothing has happened for longest gives way to one more")
    func givingWay() throws {
        let table = table(3, each: 3)
        let channels = try (0..<5).map { _ in try channel() }
        for (number, channel) in channels.prefix(3).enumerated() { table.add(channel, from: "192.0.2.\(number)") }
        table.touch(channels[0])
        table.add(channels[3], from: "192.0.2.9")
        #expect(channels.map(\.isActive) == [true, false, true, true, true])
        table.remove(channels[1])
        table.keep(channels[2])
        table.add(channels[4], from: nil)
        #expect(channels.map(\.isActive) == [false, false, true, true, true], "a device's request is being worked on")
        table.remove(channels[0])
        #expect(table.count == 3)
    }

    @Test("One address makes room for itself, and nobody for it")
    func share() throws {
        let table = table(10, each: 2)
        let other = try channel()
        table.add(other, from: "192.0.2.1")
        let channels = try (0..<6).map { _ in try channel() }
        for channel in channels.prefix(4) {
            let isFull = table.count == 3
            table.add(channel, from: "192.0.2.2")
            if isFull { #expect(table.count == 4, "one is being closed") }
            for channel in channels where !channel.isActive { table.remove(channel) }
        }
        #expect(channels.prefix(4).map(\.isActive) == [false, false, true, true] && other.isActive)
        for channel in channels[2..<4] { table.keep(channel) }
        table.add(channels[4], from: "192.0.2.2")
        #expect(!channels[4].isActive, "none of the address may be closed but the new one")
        table.remove(channels[4])
        // A proxy has all its clients' connections.
        table.add(channels[5], from: nil)
        #expect(channels[5].isActive)
    }

    @Test("When all work on devices' requests, the new one is closed, and a request that ends makes room")
    func allKept() throws {
        let table = table(2, each: 2)
        let channels = try (0..<4).map { _ in try channel() }
        for channel in channels.prefix(2) {
            table.add(channel, from: "192.0.2.1")
            table.keep(channel)
        }
        table.add(channels[2], from: "192.0.2.1")
        #expect(!channels[2].isActive && channels[0].isActive && channels[1].isActive)
        table.remove(channels[2])
        table.touch(channels[1])
        table.keep(channels[1])
        table.letGo(channels[1])
        table.add(channels[3], from: "192.0.2.1")
        #expect(!channels[3].isActive && channels[1].isActive, "it is still kept for another reason")
        table.remove(channels[3])
        table.letGo(channels[1])
        let last = try channel()
        table.add(last, from: "192.0.2.1")
        #expect(last.isActive && channels[0].isActive && !channels[1].isActive)
    }

    @Test("No more than three quarters of the connections are kept")
    func keptShare() throws {
        let table = table(8, each: 8)
        let channels = try (0..<8).map { _ in try channel() }
        for channel in channels {
            table.add(channel, from: nil)
            table.keep(channel)
        }
        let others = try (0..<3).map { _ in try channel() }
        for other in others.prefix(2) { table.add(other, from: nil) }
        #expect(channels.map(\.isActive) == [true, true, true, true, true, true, false, false])
        for channel in channels where !channel.isActive { table.remove(channel) }
        // Whoever was not kept may be when there is room, and whoever is let go of makes room.
        table.letGo(channels[0])
        table.keep(others[0])
        table.add(others[2], from: nil)
        #expect(others[0].isActive && !others[1].isActive && others[2].isActive && channels[0].isActive)
    }

    @Test("The order of what was touched keeps no more than twice what there is")
    func order() {
        var order = LongestUntouched<Int>()
        for key in 0..<10 { order.touch(key) }
        for _ in 0..<1000 { order.touch(3) }
        order.remove(0)
        var found: [Int] = []
        while let key = order.popFirst() { found.append(key) }
        #expect(found == [1, 2, 4, 5, 6, 7, 8, 9, 3])
        #expect(order.isEmpty)
    }

    @Test(
        "Connections leave files for everything else",
        arguments: [(60, 1, 15), (256, 1, 152), (1024, 1, 920), (1024, 50, 256), (65_536, 3, 65_352)]
    )
    func limits(files: Int, agendas: Int, connections: Int) {
        let limits = ConnectionLimits(files: files, agendas: agendas, memory: 64 << 30, readers: 8)
        #expect(limits.all == connections && limits.each == connections / 2)
        #expect(ConnectionLimits.areFew(files: files, agendas: agendas, readers: 8) == (connections < 512))
    }

    @Test(
        "Connections take a quarter of the memory at most",
        arguments: [(1, 1), (64 << 20, 256), (128 << 20, 512), (1 << 30, 4096), (64 << 30, 65_432)]
    )
    func memory(bytes: Int, connections: Int) {
        let limits = ConnectionLimits(files: 65_536, agendas: 1, memory: bytes, readers: 8)
        #expect(limits.all == connections && limits.each == max(1, connections / 2))
        #expect(ConnectionLimits.isLittle(memory: bytes) == (connections < 512))
    }

    @Test("The memory of a process is what its control group has, and those that it is in")
    func groups() {
        func bytes(_ groups: String, _ limits: [String: String]) -> Int {
            ProcessMemory.limit(ofMachine: 1000) { $0 == "/proc/self/cgroup" ? groups : limits[$0] }
        }
        let two = "0::/system.slice/ambit.service\n"
        let unit = "/sys/fs/cgroup/system.slice/ambit.service/memory.max"
        #expect(bytes("", [:]) == 1000)
        #expect(bytes(two, [:]) == 1000)
        #expect(bytes(two, [unit: "max\n"]) == 1000)
        #expect(bytes(two, [unit: "300\n"]) == 300)
        #expect(bytes(two, [unit: "300\n", "/sys/fs/cgroup/system.slice/memory.max": "200\n"]) == 200)
        #expect(bytes("0::/\n", ["/sys/fs/cgroup/memory.max": "100\n"]) == 100)
        let one = "9:name=systemd:/x\n4:cpu,memory:/a/b\n"
        #expect(bytes(one, ["/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "400\n"]) == 400)
        #expect(bytes(one, ["/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"]) == 1000)
        #expect(ProcessMemory.bytes > 1 << 20)
    }

    private func withServer(
        _ limits: ConnectionLimits,
        _ rates: Rates = ServerOptions.withoutRates.rates,
        _ test: (Int) async throws -> Void
    ) async throws {
        let source = try MemorySource()
        try source.add("assen")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var options = ServerOptions.withoutRates
        options.port = 0
        options.connections = limits
        options.rates = rates
        let server = try AmbitServer(source: source, options: options, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await test(try #require(await server.port))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test("However many connections are held, another one is answered")
    func flood() async throws {
        try await withServer(ConnectionLimits(all: 8, each: 8)) { port in
            var held: [any Channel] = []
            for _ in 0..<40 {
                held.append(
                    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                        .connect(host: "127.0.0.1", port: port).get()
                )
                let request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                let answer = try await RawConnection.exchange(port, request)
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(held.count) are held")
            }
            for channel in held { try? await channel.close() }
        }
    }

    @Test(
        "An answer that comes before the end of a body ends the connection",
        arguments: [
            ("POST /v1/agendas/assen/events", 401), ("POST /v1/agendas/geen/events", 404),
            ("GET /v1/agendas/assen/state", 401),
            ("POST /v1/agendas/assen/devices", 413), ("PUT /v1/agendas/assen/events", 405),
        ]
    )
    func unread(request: String, status: Int) async throws {
        try await withServer(ConnectionLimits(all: 8, each: 8)) { port in
            let head = "\(request) HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n{"
            // More would be sent for ever.
            let answer = try await RawConnection.exchange(port, head, then: "x")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"), "\(answer)")
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)

            // Nobody reads on and on: what is sent after the answer comes to an end.
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: head))
            let piece = ByteBuffer(repeating: 0x78, count: 64 * 1024)
            var sent = 0
            while (try? await channel.writeAndFlush(piece)) != nil { sent += piece.readableBytes }
            #expect(sent < 64 << 20, "as much as the buffers of the system take, and a little")
        }
    }

    @Test("An answer to a whole request keeps the connection")
    func kept() async throws {
        try await withServer(ConnectionLimits(all: 8, each: 8)) { port in
            let first = "POST /v1/agendas/assen/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
            let second = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answers = try await RawConnection.exchange(port, first, then: second)
            #expect(answers.components(separatedBy: "HTTP/1.1 ").count == 3, "\(answers)")
        }
    }

    @Test(
        "A server that stops closes a connection once all of the answer that is under way has been sent",
        arguments: [false, true]
    )
    func stopping(isEndWritten: Bool) throws {
        let held = HeldWrites()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([held, UnreadBodyHandler(deadline: .seconds(60))])
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        let head = HTTPRequest(method: .get, scheme: nil, authority: "x", path: "/")
        try channel.writeInbound(HTTPRequestPart.head(head))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
        func stop() { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        if !isEndWritten { stop() }
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        if isEndWritten { stop() }
        #expect(channel.isActive, "its last bytes are not sent yet")
        held.release()
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
    }

    @Test("An answer to too many requests ends the connection, whatever else was sent on it")
    func tooMany() async throws {
        let rates = Rates([.operations: Rate(perSecond: 0.001, burst: 2)])
        try await withServer(ConnectionLimits(all: 8, each: 8), rates) { port in
            let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            let answers = try await RawConnection.exchange(port, String(repeating: request, count: 5))
            let statuses = answers.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
            #expect(statuses == ["200", "200", "429"], "\(answers)")
            #expect(answers.lowercased().contains("\r\nconnection: close\r\n"), "\(answers)")
            let more = try await RawConnection.exchange(port, request)
            #expect(more.hasPrefix("HTTP/1.1 429 "), "\(more)")
        }
    }

    @Test("HTTP/1.0 is answered without chunks and answers in between, and its connection ends")
    func oldVersion() async throws {
        try await withServer(ConnectionLimits(all: 8, each: 8)) { port in
            let contract = try await RawConnection.exchange(port, "GET /v1/openapi.yaml HTTP/1.0\r\n\r\n")
            #expect(contract.hasPrefix("HTTP/1.0 200 OK\r\n"), "\(contract.prefix(100))")
            #expect(!contract.lowercased().contains("transfer-encoding") && contract.contains("openapi: 3"))
            let headers = "Expect: 100-continue\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}"
            let enrolment = try await RawConnection.exchange(
                port,
                "POST /v1/agendas/assen/devices HTTP/1.0\r\n\(headers)"
            )
            #expect(enrolment.hasPrefix("HTTP/1.0 400 "), "\(enrolment)")
            #expect(!enrolment.contains("100 Continue"))
        }
    }

    @Test(
        "A request says once which host it is for",
        arguments: [
            ("GET /healthz HTTP/1.1\r\n\r\n", 400), ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
            ("GET /healthz HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400),
            ("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("GET /healthz HTTP/1.0\r\n\r\n", 200),
            ("GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 200),
        ]
    )
    func hosts(request: String, status: Int) async throws {
        try await withServer(ConnectionLimits(all: 8, each: 8)) { port in
            let answer = try await RawConnection.exchange(port, request)
            #expect(answer.hasPrefix("HTTP/1.\(request.contains("HTTP/1.0") && status == 200 ? 0 : 1) \(status) "))
            #expect(answer.components(separatedBy: "X-Content-Type-Options").count == 2, "\(answer)")
            #expect(answer.lowercased().contains("x-content-type-options: nosniff\r\n"), "\(answer)")
        }
    }
}

/// Keeps to itself that something has been written, until it is told to say so.
private final class HeldWrites: ChannelOutboundHandler {
    typealias OutboundIn = HTTPResponsePart

    private var promises: [EventLoopPromise<Void>] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if let promise { promises.append(promise) }
    }

    func release() {
        for promise in promises { promise.succeed() }
        promises = []
    }
}
