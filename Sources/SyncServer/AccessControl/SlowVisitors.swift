internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The addresses from which somebody without a token had pages made lately that took long.
///
/// What a page takes is known only once it is made. What is asked for from there next is work that may take long.
final class SlowVisitors: Sendable {
    /// Of so many it is known at most; whoever comes when that gives no room is not remembered.
    static let maximumCount = 1_000
    /// Of a processor's time, for a page that takes moments; whoever has waited for a processor has taken nothing.
    static let maximumTime = Duration.milliseconds(250)
    /// How long it is remembered.
    static let memory = Duration.seconds(60)

    private let now: @Sendable () -> Duration
    /// When each took long last; held to look or add.
    private let found = Mutex<[String: Duration]>([:])

    /// - Parameter now: the time since some moment, which never goes back.
    init(now: @escaping @Sendable () -> Duration) { self.now = now }

    /// Whether what a client asks for may take long, going by what it has had made.
    func has(_ client: ConcurrencyLimiter.Client) -> Bool {
        guard client.isWithoutToken else { return false }
        let now = now()
        return found.withLock { $0[client.name].map { now - $0 < Self.memory } ?? false }
    }

    /// Notes what something took that was made for a client.
    ///
    /// - Parameters:
    ///   - duration: of a processor's time.
    ///   - client: who had asked for it.
    func note(_ duration: Duration, for client: ConcurrencyLimiter.Client) {
        guard client.isWithoutToken, duration > Self.maximumTime else { return }
        let now = now()
        found.withLock { found in
            if found[client.name] == nil, found.count >= Self.maximumCount {
                found = found.filter { now - $0.value < Self.memory }
                guard found.count < Self.maximumCount else { return }
            }
            found[client.name] = now
        }
    }

    /// How much of a processor's time this thread has had.
    static func timeOfThread() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
