internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import SyncProtocol

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Closes a connection that takes nothing of what it is to be sent.
///
/// One that takes it slowly stays, however long that lasts.
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
    private var check: Scheduled<Void>?
    /// Looked at while the connection is full.
    private var waiting = WaitingBytes()

    /// - Parameters:
    ///   - deadline: How long the connection may be full and take nothing.
    ///   - streamDeadline: The same while a live stream is sent.
    ///   - onStreamCutOff: Called for each live stream whose connection ends while it takes nothing.
    init(deadline: Duration, streamDeadline: Duration, onStreamCutOff: @escaping @Sendable () -> Void) {
        self.deadline = TimeAmount(deadline)
        self.streamDeadline = TimeAmount(streamDeadline)
        self.onStreamCutOff = onStreamCutOff
    }

    func handlerAdded(context: ChannelHandlerContext) { context.channel.boundUnsent(to: Self.unsentBytes) }

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
        check?.cancel()
        check = nil
        if !context.channel.isWritable {
            waiting = WaitingBytes()
            look(context)
        }
        context.fireChannelWritabilityChanged()
    }

    /// Looks now and then whether something has been taken.
    private func look(_ context: ChannelHandlerContext) {
        let deadline = isStream ? streamDeadline : deadline
        guard waiting.look(context) < deadline else { return context.close(promise: nil) }
        check = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(deadline.nanoseconds / 4)) {
            self.look(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The system gives a connection up whose buffers there hold all that was sent, and nobody takes it from them.
        if (error as? IOError)?.errnoCode == ETIMEDOUT { isUnheard = true }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if check != nil || isUnheard, isStream { onStreamCutOff() }
        check?.cancel()
        check = nil
        context.fireChannelInactive()
    }

    /// As much as a link of a few kbit/s takes within the deadlines.
    private static let unsentBytes = 64 * 1024
}
