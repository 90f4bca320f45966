internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import SyncProtocol

/// Answers what cannot be parsed as a request with problem details, and closes the connection.
///
/// Such bytes never become a request, so that nothing behind the parser can answer them. When they come after the
/// beginning of a request, whoever answers that gets the problem as the end of its body. After an answer the connection
/// is closed and nothing else: another answer would be taken for that to the next request.
final class UnreadableRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private var unanswered = 0
    private var hasAnswered = false
    private var isBroken = false

    func handlerAdded(context: ChannelHandlerContext) { HTTPVersionHandler.insert(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { unanswered += 1 }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        unanswered -= 1
        hasAnswered = true
        guard isBroken, unanswered == 0 else { return context.write(data, promise: promise) }
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(data, promise: written)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let problem = Self.problem(error) else { return context.fireErrorCaught(error) }
        // A parser that has lost its place reports again with every piece that arrives.
        guard !isBroken else { return }
        isBroken = true
        if unanswered > 0 {
            context.fireErrorCaught(problem)
        } else if hasAnswered {
            context.close(promise: nil)
        } else {
            answer(problem, context)
        }
    }

    /// What is wrong with bytes that never become a request; nil for other errors.
    private static func problem(_ error: any Error) -> ProblemDetails? {
        switch error {
        case let problem as ProblemDetails: problem
        case HTTPParserError.headerOverflow: ProblemDetails(.headTooLarge, "The head of the request is too long.")
        case is HTTPParserError: ProblemDetails(.badRequest, "The bytes on the connection are not an HTTP request.")
        default: nil
        }
    }

    private func answer(_ problem: ProblemDetails, _ context: ChannelHandlerContext) {
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
