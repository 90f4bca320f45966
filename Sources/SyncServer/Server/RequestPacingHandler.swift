internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Gives the parser the bytes of a connection request by request: the next one once the last one has been answered.
///
/// Otherwise one read of a connection may be thousands of requests. They would all be parsed in one turn of the event
/// loop, and held, while all other connections wait. A request that comes alone, and a body whose length is known, are
/// given as they come.
final class RequestPacingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// So much is parsed at once of a body whose length is not known: it may be of the shortest chunks.
    private static let part = 2048
    /// A turn goes on with such parts for so long at most.
    private static let maximumTurn = TimeAmount.microseconds(500)

    /// What a turn was used for.
    enum Turn {
        case nothing
        /// Of a request whose answer is not due yet.
        case part
        case request
    }

    private let turns: RequestTurnTable
    private let address: (SocketAddress?) -> String?
    private var context: ChannelHandlerContext?
    /// What has been read of the connection, and not been given.
    private var rest = ByteBuffer()
    /// Whether more can be taken now.
    private var isWanted = false
    /// Whether the rest is to be given in a turn of its own.
    private var isScheduled = false
    /// Whether the connection waits for its turn among others.
    private var isWaiting = false
    /// Whether nothing comes after the rest.
    private var hasEnded = false
    /// Whether nothing is taken after the request that has come last.
    private var isLast = false

    /// How many requests have begun and not been answered.
    private var unanswered = 0
    /// Whether a request has begun and not ended.
    private var isInBody = false
    /// How much is still to come of its body, as far as its head says.
    private var body = 0
    /// Whether an answer has begun and not ended.
    private var isAnswering = false
    /// Whether the rest came when the answer to the last request had begun: the other side has waited for that.
    private var isPrompt = false

    /// - Parameters:
    ///   - turns: of the server's event loops.
    ///   - address: by what name the connections from there take turns with others; nil for those of proxies.
    init(_ turns: RequestTurnTable, countedAs address: @escaping (SocketAddress?) -> String?) {
        self.turns = turns
        self.address = address
    }

    // MARK: - What comes in

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard !isLast || unanswered > 0 else { return }
        guard rest.readableBytes == 0 else {
            rest.writeBuffer(&buffer)
            return
        }
        rest = buffer
        isPrompt = isAnswering
        if unanswered == 0 || isInBody { give(context) }
    }

    func read(context: ChannelHandlerContext) {
        guard rest.readableBytes > 0 else { return context.read() }
        isWanted = true
        advance(context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed, rest.readableBytes > 0 {
            hasEnded = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        rest = ByteBuffer()
        turns.turns(on: context.eventLoop).noteAnswer(to: self)
        context.fireChannelInactive()
    }

    // MARK: - What the parser made of it

    fileprivate func beginRequest(body: Int) {
        unanswered += 1
        isInBody = true
        self.body = body
    }

    /// The connection ends with the answer to the request that begins.
    func endAfterRequest() { isLast = true }

    fileprivate func noteBody(_ bytes: Int) { body = max(0, body - bytes) }

    fileprivate func endRequest() {
        isInBody = false
        body = 0
    }

    fileprivate func beginAnswer() { isAnswering = true }

    fileprivate func endAnswer() {
        isAnswering = false
        // What is no request may be answered too.
        unanswered = max(0, unanswered - 1)
        if isLast, unanswered == 0 { rest = ByteBuffer() }
        guard let context else { return }
        turns.turns(on: context.eventLoop).noteAnswer(to: self)
        advance(context)
    }

    // MARK: - Giving

    /// Sees to it that the rest is given when it may be.
    private func advance(_ context: ChannelHandlerContext) {
        guard isWanted, !isScheduled, !isWaiting, rest.readableBytes > 0 else { return }
        if isInBody, body > 0 {
            schedule(context)
        } else if isInBody || unanswered == 0 {
            guard !isPrompt || isInBody else { return schedule(context) }
            isWaiting = true
            turns.turns(on: context.eventLoop).add(self, from: address(context.channel.remoteAddress) ?? "")
        }
    }

    /// Gives the next part after all that the event loop has to do by now.
    private func schedule(_ context: ChannelHandlerContext) {
        isScheduled = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isScheduled = false
            giveNext(context)
        }
    }

    /// Takes up the next request of the connection, or the next part of one.
    func takeTurn() -> Turn {
        isWaiting = false
        guard let context, rest.readableBytes > 0 else { return .nothing }
        let begun = unanswered
        giveNext(context)
        return unanswered > begun ? .request : .part
    }

    private func giveNext(_ context: ChannelHandlerContext) {
        guard rest.readableBytes > 0 else { return }
        isWanted = false
        give(context)
        context.fireChannelReadComplete()
        if hasEnded, rest.readableBytes == 0 {
            hasEnded = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        // Whoever takes requests says whether there may be more.
        context.channel.read()
    }

    /// Gives no more than a request, with what is there of its body.
    private func give(_ context: ChannelHandlerContext) {
        isPrompt = false
        give(nextLength, context)
        let start = NIODeadline.now()
        // That of the head that was given just now, or more of one that comes in chunks.
        while isInBody, rest.readableBytes > 0 {
            let isKnown = body > 0
            give(nextLength, context)
            if isKnown || NIODeadline.now() - start >= Self.maximumTurn { return }
        }
    }

    private func give(_ length: Int, _ context: ChannelHandlerContext) {
        guard let next = rest.readSlice(length: length) else { return }
        if rest.readableBytes == 0 { rest = ByteBuffer() }
        context.fireChannelRead(wrapInboundOut(next))
    }

    /// How much may be given at once.
    private var nextLength: Int {
        if isInBody, body > 0 { return min(rest.readableBytes, body) }
        let most = isInBody ? min(rest.readableBytes, Self.part) : rest.readableBytes
        return rest.withUnsafeReadableBytes { Self.endOfHead(UnsafeRawBufferPointer(rebasing: $0.prefix(most))) }
            ?? most
    }

    /// Where the first empty line ends.
    ///
    /// No head goes on after it, and no body in chunks that ends there (RFC 9112, sections 2.1 and 7.1).
    private static func endOfHead(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let lineFeed = UInt8(ascii: "\n")
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: lineFeed) {
            let after = end + 1
            if after < bytes.endIndex, bytes[after] == lineFeed { return after + 1 }
            if after + 1 < bytes.endIndex, bytes[after] == UInt8(ascii: "\r"), bytes[after + 1] == lineFeed {
                return after + 2
            }
            start = after
        }
        return nil
    }
}

/// Tells the pacing of a connection where its requests and their answers begin and end.
final class RequestBoundaryHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let pacing: RequestPacingHandler

    /// - Parameters:
    ///   - turns: of the server's event loops.
    ///   - address: by what name the connections from there take turns with others; nil for those of proxies.
    init(_ turns: RequestTurnTable, countedAs address: @escaping (SocketAddress?) -> String?) {
        pacing = RequestPacingHandler(turns, countedAs: address)
    }

    /// Adds the pacing in front of the parser: where handlers of one's own can be added, they come after that.
    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // Where there is no parser, as in tests of single handlers, there is nothing to pace.
        guard let parser = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(pacing, position: .before(parser))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            pacing.beginRequest(body: head.headerFields[.contentLength].flatMap { Int($0) } ?? 0)
        case .body(let body): pacing.noteBody(body.readableBytes)
        case .end: pacing.endRequest()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        switch part {
        case .head(let head) where head.status.kind != .informational: pacing.beginAnswer()
        case .end: pacing.endAnswer()
        case .head, .body: break
        }
    }
}
