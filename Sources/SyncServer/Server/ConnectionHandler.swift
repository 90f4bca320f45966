internal import NIOCore
internal import NIOHTTPTypes

/// Tells the table of a connection's beginning and end, and of its requests.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let table: ConnectionTable
    private let address: (SocketAddress?) -> String?

    /// - Parameters:
    ///   - table: of the server.
    ///   - address: under what name a connection from there is counted; nil for none.
    init(_ table: ConnectionTable, countedAs address: @escaping (SocketAddress?) -> String?) {
        self.table = table
        self.address = address
    }

    func handlerAdded(context: ChannelHandlerContext) {
        table.add(context.channel, from: address(context.channel.remoteAddress))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) { table.touch(context.channel) }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { table.touch(context.channel) }
        context.write(data, promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        table.remove(context.channel)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { table.remove(context.channel) }
}
