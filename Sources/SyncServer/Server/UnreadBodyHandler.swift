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
///
/// However the connection ends, whoever takes that answer slowly gets all of it. Whoever takes nothing of it is cut off.
final class UnreadBodyHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a connection is read after such an answer has been sent, and how many bytes.
    private static let drainTime = TimeAmount.seconds(2)
    private static let drainBytes = 1 << 20
    /// How long a server that stops waits for a connection that takes nothing of its last answer.
    ///
    /// A system takes more once it has sent 32 KB (half of `StalledConnectionHandler.unsentBytes`): on a link of 30 kbit/s,
    /// within this time.
    private static let stoppingDeadline = TimeAmount.seconds(10)

    private enum Ending {
        /// Nothing more is taken up. The connection is closed once all has been sent.
        case closing
        /// What still comes is thrown away. Once all has been sent, that goes on for a while.
        case draining
    }

    private let deadline: TimeAmount
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
    /// How the connection ends; nil until the end of the last answer is written.
    private var ending: Ending?
    /// How many bytes have been thrown away since all was sent.
    private var drained = 0
    private var waiting = WaitingBytes()
    /// Of the next look at what waits, or of the end of draining.
    private var check: Scheduled<Void>?

    /// - Parameter deadline: How long nothing of the last answer may be taken, once its end is written.
    init(deadline: Duration) { self.deadline = TimeAmount(deadline) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch ending {
        case .closing: return
        case .draining: return drain(part, context)
        case nil: break
        }
        switch part {
        case .head: begun += 1
        case .end: ended += 1
        case .body: break
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Whoever hears of it further on closes a connection whose last bytes are still on their way.
        guard event is ChannelShouldQuiesceEvent, begun > answered || unsent > 0 || ending == .draining else {
            return context.fireUserInboundEventTriggered(event)
        }
        isStopping = true
        if begun == answered, ending == nil { ending = .closing }
        if ending != nil { look(context) }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        // Whoever serves the connection has nothing more to send. Where the other side has closed its own direction too, this
        // would end the connection, with all that is not sent.
        case .output where unsent > 0:
            if ending == nil {
                ending = .draining
                look(context)
            }
            promise?.succeed()
        // So it is told that a server that stops has waited long enough.
        case .input where isStopping: context.close(promise: promise)
        case .input, .output, .all: context.close(mode: mode, promise: promise)
        }
    }

    private func drain(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .body(let body):
            guard unsent == 0 else { return }
            drained += body.readableBytes
            if drained > Self.drainBytes { context.close(promise: nil) }
        // Nothing more of the request is to come, and another request would get no answer.
        case .head, .end:
            ending = .closing
            if unsent == 0 { context.close(promise: nil) }
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
            let isEnding = ending == nil && (isLast || (isStopping && answered == begun))
            if isEnding { ending = isEarly ? .draining : .closing }
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in self.sent(context) }
            context.write(data, promise: written)
            guard isEnding else { return }
            context.flush()
            look(context)
        case .head, .body: context.write(data, promise: promise)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        check?.cancel()
        context.fireChannelInactive()
    }

    private func isFinal(_ status: HTTPResponse.Status) -> Bool {
        guard status.kind != .informational else { return false }
        return ended <= answered || status == .tooManyRequests || (isStopping && begun == answered + 1)
    }

    /// Looks now and then whether something of the last answer has been taken.
    private func look(_ context: ChannelHandlerContext) {
        guard unsent > 0 else { return }
        check?.cancel()
        let deadline = isStopping ? min(deadline, Self.stoppingDeadline) : deadline
        guard waiting.look(context) < deadline else { return context.close(promise: nil) }
        check = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(deadline.nanoseconds / 4)) {
            self.look(context)
        }
    }

    private func sent(_ context: ChannelHandlerContext) {
        unsent -= 1
        guard unsent == 0, let ending else { return }
        check?.cancel()
        switch ending {
        case .closing: context.close(promise: nil)
        case .draining:
            check = context.eventLoop.assumeIsolated().scheduleTask(in: Self.drainTime) { context.close(promise: nil) }
            context.close(mode: .output, promise: nil)
        }
    }
}
