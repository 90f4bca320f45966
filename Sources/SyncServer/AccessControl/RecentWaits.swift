/// How long clients have been waited for lately, in all their requests of a class of work together.
///
/// Whoever ends a request before it has to give way, and begins the next, has not been waited for any less. It is forgotten
/// as time goes on, all of it after two minutes.
struct RecentWaits: Sendable {
    private struct Key: Hashable {
        var work: ConcurrencyLimiter.Work
        var client: ConcurrencyLimiter.Client
    }

    private struct Spent {
        var duration: Duration
        var since: Duration
    }

    /// Of so many it is known at most; whoever comes when that gives no room is not remembered.
    static let maximumCount = 20_000
    /// At least so much time passes between two searches for what has been forgotten.
    private static let pause = Duration.seconds(1)

    /// Half as long as is remembered at most; so much is forgotten in a minute.
    private let allowance: Duration
    private var items: [Key: Spent] = [:]
    private var lastSweep: Duration?

    init(allowance: Duration) { self.allowance = allowance }

    /// Of how many something is remembered.
    var count: Int { items.count }

    /// How long a client has been waited for, as far as that is remembered.
    ///
    /// - Parameters:
    ///   - client: who it is.
    ///   - work: the class of its requests.
    ///   - now: the time since some moment, which never goes back.
    /// - Returns: zero when there is nothing.
    func duration(of client: ConcurrencyLimiter.Client, in work: ConcurrencyLimiter.Work, at now: Duration) -> Duration
    {
        items[Key(work: work, client: client)].map { left(of: $0, at: now) } ?? .zero
    }

    /// Remembers that a request of a client was waited for so long.
    mutating func add(
        _ duration: Duration,
        of client: ConcurrencyLimiter.Client,
        in work: ConcurrencyLimiter.Work,
        at now: Duration
    ) {
        guard duration > .zero else { return }
        let key = Key(work: work, client: client)
        let before = items[key].map { left(of: $0, at: now) }
        if before == nil, items.count >= Self.maximumCount {
            sweep(at: now)
            guard items.count < Self.maximumCount else { return }
        }
        items[key] = Spent(duration: min((before ?? .zero) + duration, allowance * 2), since: now)
    }

    private func left(of spent: Spent, at now: Duration) -> Duration {
        max(.zero, spent.duration - allowance * ((now - spent.since) / .seconds(60)))
    }

    private mutating func sweep(at now: Duration) {
        if let lastSweep, now - lastSweep < Self.pause { return }
        lastSweep = now
        items = items.filter { left(of: $0.value, at: now) > .zero }
    }
}
