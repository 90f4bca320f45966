internal import Hummingbird
internal import NIOCore

/// What a request comes with: the connection that it came over, and from where.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let connection: Connection
    /// nil where there is no socket.
    let peer: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = Connection(source.channel)
        peer = source.channel.remoteAddress
    }
}
