internal import NIOCore

/// Notices that the other side has closed the connection, also when only for its own direction.
///
/// Clients that go away do no more than that. Without this, a follower would be kept until the next thing that it is
/// sent comes back.
final class DepartureHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private var hasDeparted = false
    private var body: (@Sendable () -> Void)?

    func onDeparture(_ body: @escaping @Sendable () -> Void) {
        if hasDeparted { body() } else { self.body = body }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { depart() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        depart()
        context.fireChannelInactive()
    }

    private func depart() {
        hasDeparted = true
        body?()
        body = nil
    }
}
