internal import LogClient

/// What a watch hears of: of its connection, of the outbox, and of the clock.
enum WatchSignal {
    /// A piece of the live stream numbered so; empty once, when its head has come.
    case piece(Int, [UInt8])
    /// The answer to a pull that waited; nil when it holds nothing.
    case polled(Int, ReceivedEntries?)
    case ended(Int)
    case failed(Int, LogClientError)
    case recorded
    /// The alarm numbered so has gone off.
    case alarm(Int)
}
