internal import NIOCore

/// What waits to be taken by the other side of a connection, and since when it has not become less.
struct WaitingBytes {
    private var count = Int.max
    private var since = NIODeadline.distantPast

    /// Looks again.
    ///
    /// - Parameter context: of a handler of the connection.
    /// - Returns: for how long nothing has been taken; zero at the first look.
    mutating func look(_ context: ChannelHandlerContext) -> TimeAmount {
        let now = context.eventLoop.now
        let count = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if count < self.count { since = now }
        // More than before is the rest of what was written when looking began.
        self.count = count
        return now - since
    }
}
