internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import SyncProtocol

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Answers what cannot be parsed as a request with problem details, and closes the connection.
///
/// Such bytes never become a request, so that nothing behind the parser can answer them.
final class UnreadableRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var unanswered = 0
    private var isDone = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { unanswered += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { unanswered -= 1 }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, unanswered == 0 else {
            context.fireErrorCaught(error)
            return
        }
        // A parser that has lost its place reports again with every piece that arrives.
        guard !isDone else { return }
        isDone = true
        let problem: ProblemDetails
        switch error {
        case .headerOverflow: problem = ProblemDetails(.headTooLarge, "The head of the request is too long.")
        default: problem = ProblemDetails(.badRequest, "The bytes on the connection are not an HTTP request.")
        }
        let body = ByteBuffer(bytes: problem.encoded())
        let head = HTTPResponse(
            status: .init(code: problem.status ?? 400),
            headerFields: [
                .contentType: ProtocolConstants.problem,
                .contentLength: String(body.readableBytes),
                .connection: "close",
            ]
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}

/// Closes a connection whose other side has stopped to read what it asked for.
final class StalledConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let deadline: TimeAmount
    private let streamDeadline: TimeAmount
    private let onStreamCutOff: @Sendable () -> Void
    private var isStream = false
    private var isUnheard = false
    private var closing: Scheduled<Void>?

    /// - Parameters:
    ///   - deadline: How long the connection may take nothing.
    ///   - streamDeadline: The same while a live stream is sent.
    ///   - onStreamCutOff: Called for each live stream whose connection ends while it takes nothing.
    init(deadline: Duration, streamDeadline: Duration, onStreamCutOff: @escaping @Sendable () -> Void) {
        self.deadline = TimeAmount(deadline)
        self.streamDeadline = TimeAmount(streamDeadline)
        self.onStreamCutOff = onStreamCutOff
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.headerFields[.contentType] == ProtocolConstants.eventStream:
            isStream = true
            context.channel.giveUpUnacknowledged(after: streamDeadline)
        case .head, .end: isStream = false
        case .body: break
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        closing?.cancel()
        closing = nil
        if !context.channel.isWritable {
            closing = context.eventLoop.scheduleTask(in: isStream ? streamDeadline : deadline) {
                [channel = context.channel] in channel.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The system gives a connection up whose buffers there hold all that was sent, and nobody takes it from them.
        if (error as? IOError)?.errnoCode == ETIMEDOUT { isUnheard = true }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if closing != nil || isUnheard, isStream { onStreamCutOff() }
        closing?.cancel()
        closing = nil
        context.fireChannelInactive()
    }
}
