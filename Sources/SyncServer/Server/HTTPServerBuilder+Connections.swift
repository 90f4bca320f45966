internal import HummingbirdCore
internal import NIOCore

extension HTTPServerBuilder {
    /// HTTP over connections that are held against limits: how many there are, how long they may take, and what a request looks
    /// like.
    ///
    /// - Parameters:
    ///   - table: of the connections.
    ///   - deadlines: for what comes from outside.
    ///   - address: under what name connections from there are counted; nil for none.
    ///   - answersOnEventLoop: whether requests come in on the event loop of their connection: then whoever answers sees to
    ///     it that nothing takes long there.
    ///   - onFollowerCutOff: called for each live stream whose connection ends while it takes nothing.
    /// - Returns: the builder.
    static func limited(
        by table: ConnectionTable,
        _ deadlines: ServerOptions.Deadlines = ServerOptions.Deadlines(),
        countingAs address: @escaping @Sendable (SocketAddress?) -> String?,
        answersOnEventLoop: Bool = false,
        onFollowerCutOff: @escaping @Sendable () -> Void = {}
    ) -> HTTPServerBuilder {
        let turns = RequestTurnTable()
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                RequestBoundaryHandler(turns, countedAs: address), UnreadableRequestHandler(),
                UnreadBodyHandler(deadline: deadlines.idle), DepartureHandler(),
                StalledConnectionHandler(
                    deadline: deadlines.idle,
                    streamDeadline: deadlines.stream,
                    onStreamCutOff: onFollowerCutOff
                ),
                ConnectionHandler(table, countedAs: address),
            ],
            idleTimeout: TimeAmount(deadlines.idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: ServerOptions.requestHead,
                maxHeaderListSize: ServerOptions.requestHead,
                maxHeaderFieldCount: ServerOptions.headerFields
            )
        )
        return HTTPServerBuilder { responder in
            let channel = HTTP1Channel(responder: responder, configuration: configuration)
            return answersOnEventLoop ? ChannelOnEventLoop(channel) : channel
        }
    }
}
