internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Ends a connection with an answer that comes before the end of its request.
///
/// What is left of the body is of no use, and may have no end.
///
/// Some of it is still read, so that the answer is not lost on its way. A system that gets bytes for a closed
/// connection takes back what it has not delivered yet (RFC 9112, section 9.6).
///
/// So it does with an answer that says that there were too many requests: what else was sent at once is not taken up.
///
/// When the server stops, the answer that is under way is the last one, and all of it is sent.
final class UnreadBodyHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a connection is read after such an answer, and how many bytes.
    private static let drainTime = TimeAmount.seconds(2)
    private static let drainBytes = 1 << 20

    /// Requests that have begun, that have ended, and that have been answered.
    private var begun = 0
    private var ended = 0
    private var answered = 0
    /// Answers whose end was written, and is not sent yet.
    private var unsent = 0
    /// Whether the answer that is being written is the last one.
    private var isLast = false
    /// Whether a part of its request is still to come.
    private var isEarly = false
    /// Whether the server stops.
    private var isStopping = false
    /// Whether nothing is taken up any more, and nothing drained.
    private var isClosing = false
    private var drained = 0
    private var end: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard !isClosing else { return }
        guard end == nil else { return drain(part, context) }
        switch part {
        case .head: begun += 1
        case .end: ended += 1
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Whoever hears of it further on closes a connection whose last bytes are still on their way.
        guard event is ChannelShouldQuiesceEvent, begun > answered || unsent > 0 else {
            return context.fireUserInboundEventTriggered(event)
        }
        isStopping = true
        if begun == answered, end == nil { end = closing(context) }
    }

    private func drain(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .body(let body):
            drained += body.readableBytes
            if drained > Self.drainBytes { context.close(promise: nil) }
        // Another request would get no answer.
        case .head, .end: context.close(promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isFinal(head.status):
            isLast = true
            isEarly = ended <= answered
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            answered += 1
            unsent += 1
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in self.sent(context) }
            if isLast || (isStopping && answered == begun), !isEarly { return close(context, after: data, written) }
            context.write(data, promise: written)
            if isLast { beginDraining(context) }
        case .head, .body: context.write(data, promise: promise)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end?.cancel()
        context.fireChannelInactive()
    }

    private func isFinal(_ status: HTTPResponse.Status) -> Bool {
        guard status.kind != .informational else { return false }
        return ended <= answered || status == .tooManyRequests || (isStopping && begun == answered + 1)
    }

    /// Ends the connection when all has been written.
    private func close(_ context: ChannelHandlerContext, after data: NIOAny, _ written: EventLoopPromise<Void>) {
        isClosing = true
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(data, promise: written)
        // A server that stops does not wait for whoever takes nothing.
        if isStopping { end = closing(context) }
    }

    private func sent(_ context: ChannelHandlerContext) {
        unsent -= 1
        guard isStopping, !isClosing, unsent == 0, begun == answered else { return }
        isClosing = true
        context.close(promise: nil)
    }

    private func closing(_ context: ChannelHandlerContext) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) { context.close(promise: nil) }
    }

    private func beginDraining(_ context: ChannelHandlerContext) {
        guard end == nil else { return }
        context.flush()
        end = closing(context)
        context.close(mode: .output, promise: nil)
    }
}
