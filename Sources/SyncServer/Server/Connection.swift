internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// The connection that a request came over.
struct Connection: Sendable {
    private let channel: any Channel
    /// Of the request that came over it.
    let wait: PeerWait

    init(_ channel: any Channel, wait: PeerWait = PeerWait()) {
        self.channel = channel
        self.wait = wait
    }

    /// Ends the connection, whatever is still to be sent.
    func close() { channel.close(promise: nil) }

    /// Ends the connection when it takes nothing more at the moment: then its answer cannot be ended in order.
    func closeIfFull() {
        channel.eventLoop.execute { [channel] in
            if !channel.isWritable { channel.close(promise: nil) }
        }
    }

    /// Keeps the connection, when one has to give way, until it is let go of as often.
    func keep(in table: ConnectionTable) { table.keep(channel) }

    /// No longer keeps it for one of the reasons that there were.
    func letGo(in table: ConnectionTable) { table.letGo(channel) }

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
