internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension Channel {
    /// Has the system give up the connection when the other side does not take what it is sent for so long.
    ///
    /// A laptop that was closed says nothing any more. The few bytes of a quiet stream would be repeated for a quarter
    /// of an hour.
    func giveUpUnacknowledged(after deadline: TimeAmount) {
        #if os(Linux)
            set(TCP_USER_TIMEOUT, to: Int(deadline.nanoseconds / 1_000_000))
        #endif
    }

    /// Has the system hold no more than so many bytes that it has not sent yet.
    ///
    /// It would take megabytes at once and then nothing for minutes. So a slow connection would look like one that
    /// takes nothing.
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
