internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The connection that a request came over, for those that stay long.
struct Connection: Sendable {
    private let channel: any Channel

    init(_ channel: any Channel) { self.channel = channel }

    /// Ends the connection, whatever is still to be sent.
    func close() { channel.close(promise: nil) }

    /// Ends the connection when it takes nothing more at the moment: then its answer cannot be ended in order.
    func closeIfFull() {
        channel.eventLoop.execute { [channel] in
            if !channel.isWritable { channel.close(promise: nil) }
        }
    }

    /// Tells the client to go on with its request.
    func askForBody() {
        channel.eventLoop.execute { [channel] in
            channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
        }
    }

    /// Returns when all that was written has come to the connection, so that what is written next waits if it is full.
    ///
    /// A write only waits for a connection that is known to be full, and writes of before may still be on their way
    /// there.
    func catchUp() async throws { try await channel.eventLoop.submit {}.get() }

    /// Calls the body when the other side has closed the connection; at once when it has by now.
    ///
    /// Takes the place of the body that was given before.
    func onDeparture(_ body: @escaping @Sendable () -> Void) {
        channel.eventLoop.execute { [channel] in
            // Where there is no such handler, as in tests without a socket, nobody departs.
            try? channel.pipeline.syncOperations.handler(type: DepartureHandler.self).onDeparture(body)
        }
    }
}

/// Notices that the other side has closed the connection, also when only for its own direction.
///
/// Clients that go away do no more than that: without this, a follower would be kept until the next thing that it is
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

extension Channel {
    /// Has the system give up the connection when the other side does not take what it is sent for so long: a laptop
    /// that was closed says nothing any more, and the few bytes of a quiet stream would be repeated for a quarter of an
    /// hour.
    func giveUpUnacknowledged(after deadline: TimeAmount) {
        #if os(Linux)
            set(TCP_USER_TIMEOUT, to: Int(deadline.nanoseconds / 1_000_000))
        #endif
    }

    /// Has the system hold no more than so many bytes that it has not sent yet: it would take megabytes at once and then
    /// nothing for minutes, so that a slow connection looks like one that takes nothing.
    func boundUnsent(to bytes: Int) {
        set(TCP_NOTSENT_LOWAT, to: bytes)
    }

    /// Sets an option of TCP, where there is such a thing.
    private func set(_ option: CInt, to value: Int) {
        setOption(
            ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: option)),
            value: ChannelOptions.Types.SocketOption.Value(value)
        )
        .whenFailure { _ in }
    }
}
