import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Testing

@testable import SyncServer

/// Connections that send more than one request at once; the clock is the test's.
@Suite("Requests that come together")
struct RequestPacingTests {
    /// Which connection each request came over, in their order.
    private final class Taken {
        var names: [String] = []
    }

    private final class Recorder: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart

        let name: String
        let taken: Taken

        init(_ name: String, _ taken: Taken) {
            self.name = name
            self.taken = taken
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .end = unwrapInboundIn(data) { taken.names.append(name) }
        }
    }

    /// How much reaches the parser.
    private final class Counter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var bytes = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytes
            context.fireChannelRead(data)
        }
    }

    private static let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"

    private let loop = EmbeddedEventLoop()
    private let turns = RequestTurnTable()
    private let taken = Taken()

    /// A connection as a server has it, between the bytes and whoever answers.
    private func channel(_ name: String, from address: String) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handlers: [], loop: loop)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(RequestBoundaryHandler(turns) { _ in address })
        try pipeline.addHandler(Recorder(name, taken))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).wait()
        return channel
    }

    private func send(_ text: String, over channel: EmbeddedChannel) throws {
        try channel.writeInbound(ByteBuffer(string: text))
        channel.read()
    }

    private func beginAnswer(on channel: EmbeddedChannel) {
        let head = HTTPResponse(status: .ok, headerFields: [.contentLength: "0"])
        channel.write(HTTPResponsePart.head(head), promise: nil)
    }

    private func endAnswer(on channel: EmbeddedChannel) {
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
    }

    private func answer(on channel: EmbeddedChannel) {
        beginAnswer(on: channel)
        endAnswer(on: channel)
    }

    @Test("Two connections with a hundred requests each take turns, one request each")
    func turnsOfTwo() throws {
        let names = ["a", "b"]
        let channels = try names.map { try channel($0, from: $0) }
        for channel in channels { try send(String(repeating: Self.request, count: 100), over: channel) }
        loop.advanceTime(by: .seconds(1))
        #expect(taken.names == names, "nothing more before an answer")
        for channel in channels { answer(on: channel) }
        #expect(taken.names == names, "the loop looks at its sockets before that")
        for _ in 1..<100 {
            for channel in channels {
                let count = taken.names.count
                loop.advanceTime(by: .milliseconds(1))
                #expect(taken.names.count == count + 1)
                answer(on: channel)
            }
        }
        loop.advanceTime(by: .seconds(1))
        #expect(taken.names == (0..<100).flatMap { _ in names })
        for channel in channels { _ = try? channel.finish() }
    }

    @Test(
        "Nothing reaches the parser after a request for another protocol: it would keep what it does not parse",
        arguments: [
            "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
            "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nab",
        ]
    )
    func otherProtocol(_ request: String) throws {
        let channel = try channel("a", from: "a")
        try channel.pipeline.syncOperations.addHandler(UnreadableRequestHandler())
        let (counter, pipeline) = (Counter(), channel.pipeline.syncOperations)
        let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        try pipeline.addHandler(counter, position: .before(parser))
        try send(request, over: channel)
        #expect(taken.names == ["a"] && counter.bytes == request.utf8.count)
        let more = String(repeating: "x", count: 65_536)
        try send(more, over: channel)
        loop.advanceTime(by: .seconds(1))
        #expect(counter.bytes == request.utf8.count, "the answer comes first")
        answer(on: channel)
        for _ in 0..<100 { try send(more, over: channel) }
        loop.advanceTime(by: .seconds(1))
        #expect(counter.bytes == request.utf8.count)
        _ = try? channel.finish()
    }

    @Test("An answer that takes long is not waited for by other connections")
    func longAnswer() throws {
        let channels = try ["a", "b"].map { try channel($0, from: $0) }
        for channel in channels {
            try send(Self.request + Self.request, over: channel)
            answer(on: channel)
        }
        loop.advanceTime(by: .seconds(1))
        #expect(taken.names == ["a", "b", "a", "b"])
        for channel in channels { _ = try? channel.finish() }
    }

    @Test("However many connections an address has, another one has as many turns")
    func turnsOfAddresses() throws {
        let names = ["a1", "a2", "a3", "b"]
        let channels = try names.map { try channel($0, from: String($0.prefix(1))) }
        for channel in channels { try send(String(repeating: Self.request, count: 100), over: channel) }
        for channel in channels { answer(on: channel) }
        for _ in 0..<40 {
            loop.advanceTime(by: .milliseconds(1))
            let last = try #require(taken.names.last.flatMap { names.firstIndex(of: $0) })
            answer(on: channels[last])
        }
        #expect(taken.names.count == 44)
        #expect(taken.names.filter { $0 == "b" }.count == 21, "\(taken.names)")
        for channel in channels { _ = try? channel.finish() }
    }

    @Test(
        "A body is given whole, and no request after it before its answer",
        arguments: [
            "Content-Length: 12\r\n\r\n\n\n\r\n\r\nabcdef",
            "Transfer-Encoding: chunked\r\n\r\n6\r\n\n\n\r\n\r\n\r\n0\r\n\r\n",
        ]
    )
    func bodies(body: String) throws {
        let channel = try channel("a", from: "a")
        try send("POST /x HTTP/1.1\r\nHost: x\r\n\(body)\(Self.request)\(Self.request)", over: channel)
        for count in 1...3 {
            loop.advanceTime(by: .seconds(1))
            #expect(taken.names.count == count)
            answer(on: channel)
        }
        _ = try? channel.finish()
    }

    @Test("Who has waited for an answer waits for nobody's turn")
    func prompt() throws {
        let channels = try ["a", "b"].map { try channel($0, from: $0) }
        try send(Self.request + Self.request, over: channels[0])
        answer(on: channels[0])
        try send(Self.request, over: channels[1])
        #expect(taken.names == ["a", "b"])
        answer(on: channels[1])
        try send(Self.request, over: channels[1])
        #expect(taken.names == ["a", "b", "b"])
        // The end of the answer may still be on its way when the other side has all of it.
        beginAnswer(on: channels[1])
        try send(Self.request, over: channels[1])
        #expect(taken.names.count == 3)
        endAnswer(on: channels[1])
        loop.run()
        #expect(taken.names == ["a", "b", "b", "b"])
        for channel in channels { _ = try? channel.finish() }
    }

    @Test("A connection that ends while it waits takes nobody's turn")
    func ended() throws {
        let channels = try ["a", "b"].map { try channel($0, from: $0) }
        for channel in channels {
            try send(String(repeating: Self.request, count: 3), over: channel)
            answer(on: channel)
        }
        channels[0].close(promise: nil)
        loop.run()
        loop.advanceTime(by: .milliseconds(1))
        #expect(taken.names == ["a", "b", "b"])
        _ = try? channels[0].finish()
        _ = try? channels[1].finish()
    }
}
