import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import SyncServer

/// Connections that end while the other side still takes what it is sent; the clock is the test's.
@Suite("The last answer of a connection")
struct LastAnswerTests {
    /// Why no other answer follows.
    enum Reason: CaseIterable, Sendable {
        /// The server stops before the end of the answer is written.
        case stopsBefore
        /// The server stops after that, and before all has been sent.
        case stopsAfter
        /// It comes before the end of its request.
        case early
        /// The other side has closed its own direction, and so asks for nothing more.
        case lastRequest
    }

    /// How many bytes there are of each answer.
    private static let length = 100

    private func stop(_ channel: EmbeddedChannel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// A connection whose last answer is written, and not sent.
    private func connection(_ reason: Reason, to peer: SlowPeer) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([peer, UnreadBodyHandler(deadline: .seconds(60))])
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
        let head = HTTPRequest(method: .post, scheme: nil, authority: "x", path: "/")
        try channel.writeInbound(HTTPRequestPart.head(head))
        if reason != .early { try channel.writeInbound(HTTPRequestPart.end(nil)) }
        channel.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
        channel.write(HTTPResponsePart.body(ByteBuffer(repeating: 0, count: Self.length)), promise: nil)
        if reason == .stopsBefore { stop(channel) }
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        switch reason {
        case .stopsBefore, .early: break
        case .stopsAfter: stop(channel)
        case .lastRequest:
            peer.hasClosed = true
            channel.close(mode: .output, promise: nil)
        }
        return channel
    }

    @Test("Who takes it slowly gets all of it, however long that lasts", arguments: Reason.allCases)
    func slow(reason: Reason) throws {
        let peer = SlowPeer()
        let channel = try connection(reason, to: peer)
        for _ in 1..<Self.length {
            channel.embeddedEventLoop.advanceTime(by: .seconds(9))
            peer.take(1)
            try #require(channel.isActive)
        }
        peer.take(1)
        #expect(peer.hasAll)
        // What is left of a request is read for a moment.
        #expect(channel.isActive == (reason == .early))
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }

    @Test("Who takes nothing of it is cut off, soon when the server stops", arguments: Reason.allCases)
    func stalled(reason: Reason) throws {
        let peer = SlowPeer()
        let channel = try connection(reason, to: peer)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        peer.take(1)
        let deadline: Int64 = reason == .early || reason == .lastRequest ? 60 : 10
        channel.embeddedEventLoop.advanceTime(by: .seconds(deadline - 1))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(deadline))
        #expect(!channel.isActive && !peer.hasAll)
        _ = try? channel.finish()
    }

    @Test("A server that stops waits less for who takes nothing of an answer that came early")
    func stopsWhileDraining() throws {
        let peer = SlowPeer()
        let channel = try connection(.early, to: peer)
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        stop(channel)
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }

    @Test("Whoever serves the connections of a server that stops ends those that are still waited for")
    func timeIsUp() throws {
        let peer = SlowPeer()
        let channel = try connection(.stopsBefore, to: peer)
        channel.close(mode: .input, promise: nil)
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }

    @Test("What still comes of a request keeps nobody from taking the answer, and has an end then")
    func body() throws {
        let peer = SlowPeer()
        let channel = try connection(.early, to: peer)
        let piece = HTTPRequestPart.body(ByteBuffer(repeating: 0, count: 1 << 20))
        for _ in 0..<3 { try channel.writeInbound(piece) }
        #expect(channel.isActive)
        peer.take(Self.length)
        try channel.writeInbound(piece)
        #expect(channel.isActive && peer.hasAll)
        try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(repeating: 0, count: 1)))
        #expect(!channel.isActive)
        _ = try? channel.finish()
    }

    @Test("A request that ends keeps nobody from taking the answer that came before that", arguments: [true, false])
    func end(isFollowed: Bool) throws {
        let peer = SlowPeer()
        let channel = try connection(.early, to: peer)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        if isFollowed {
            let head = HTTPRequest(method: .get, scheme: nil, authority: "x", path: "/")
            try channel.writeInbound(HTTPRequestPart.head(head))
        }
        #expect(channel.isActive)
        peer.take(Self.length)
        #expect(!channel.isActive && peer.hasAll)
        _ = try? channel.finish()
    }
}

/// The other side of a connection, which takes what it is sent when the test says so.
private final class SlowPeer: ChannelOutboundHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var promises: [EventLoopPromise<Void>] = []
    /// How many bytes it has not taken.
    private var waiting = 0

    /// Whether it has closed its own direction.
    var hasClosed = false

    /// Whether it has taken all that it was sent.
    var hasAll: Bool { waiting == 0 }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .body(let bytes) = unwrapOutboundIn(data) {
            waiting += bytes.readableBytes
            context.write(wrapOutboundOut(bytes), promise: nil)
        }
        if let promise { promises.append(promise) }
    }

    func flush(context: ChannelHandlerContext) {}

    /// A socket whose directions are both closed forgets what is not sent; one alone changes nothing of that.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all || (mode == .output && hasClosed) else {
            promise?.succeed()
            return
        }
        context.close(promise: promise)
        complete { $0.fail(ChannelError.ioOnClosedChannel) }
    }

    /// Takes so many bytes.
    func take(_ count: Int) {
        waiting -= count
        // The channel has what waits: all of it is taken away, and the rest put there again.
        context?.flush()
        guard waiting > 0 else { return complete { $0.succeed() } }
        context?.write(wrapOutboundOut(ByteBuffer(repeating: 0, count: waiting)), promise: nil)
    }

    private func complete(_ body: (EventLoopPromise<Void>) -> Void) {
        let done = promises
        promises = []
        for promise in done { body(promise) }
    }
}
