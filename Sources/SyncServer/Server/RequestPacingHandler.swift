internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Gives the parser the bytes of a connection part by part: requests that come together are taken up as they are answered.
///
/// Otherwise one read of a connection may be thousands of requests, all parsed in one turn of the event loop, and held, while
/// all other connections wait. A body is given as it comes.
final class RequestPacingHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// So much is parsed in a turn where requests may begin in it: a usual head, or some fifty of the shortest.
    static let part = 2048

    /// How much is still to come of the body that is being read, as far as its head says.
    fileprivate var body = 0
    /// What has been read of the connection, and not been given.
    private var rest = ByteBuffer()
    private var isScheduled = false
    /// Whether nothing comes after the rest.
    private var hasEnded = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard rest.readableBytes == 0 else {
            rest.writeBuffer(&buffer)
            return
        }
        rest = buffer
        give(context)
    }

    func read(context: ChannelHandlerContext) {
        if rest.readableBytes > 0 { schedule(context) } else { context.read() }
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
        context.fireChannelInactive()
    }

    private func give(_ context: ChannelHandlerContext) {
        let length = min(rest.readableBytes, max(Self.part, body))
        guard let next = rest.readSlice(length: length) else { return }
        if rest.readableBytes == 0 { rest = ByteBuffer() }
        context.fireChannelRead(wrapInboundOut(next))
    }

    /// Gives the next part after all that the event loop has to do by now.
    private func schedule(_ context: ChannelHandlerContext) {
        guard !isScheduled else { return }
        isScheduled = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isScheduled = false
            give(context)
            context.fireChannelReadComplete()
            if hasEnded, rest.readableBytes == 0 {
                hasEnded = false
                context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            }
            // Whoever takes requests says whether there may be more.
            context.channel.read()
        }
    }
}

/// Tells the pacing of a connection how much of a body is still to come.
final class BodyLengthHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private let pacing = RequestPacingHandler()

    /// Adds the pacing in front of the parser: where handlers of one's own can be added, they come after that.
    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        // Where there is no parser, as in tests of single handlers, there is nothing to pace.
        guard let parser = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(pacing, position: .before(parser))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): pacing.body = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        case .body(let body): pacing.body -= body.readableBytes
        case .end: pacing.body = 0
        }
        context.fireChannelRead(data)
    }
}
