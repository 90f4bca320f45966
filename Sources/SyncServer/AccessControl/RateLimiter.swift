internal import SyncProtocol
internal import Synchronization

/// Limits how often one device or one address does something, whatever the others do: a bucket of tokens for each.
///
/// Of each class `maximumCount` are kept at most. When there are so many, those that have filled up again, and so say
/// nothing, are forgotten. Whoever comes when that gives no room shares one more bucket.
final class RateLimiter: Sendable {
    static let maximumCount = 20_000
    /// At least so much time passes between two searches for buckets to forget.
    fileprivate static let pause = Duration.seconds(1)

    fileprivate struct Bucket {
        var level: Double
        var since: Duration
    }

    fileprivate struct Buckets {
        var byKey: [String: Bucket] = [:]
        /// Of all for whom there is no room.
        var others: Bucket?
        var lastSweep: Duration?
    }

    private let rates: Mutex<Rates>
    private let now: @Sendable () -> Duration
    /// All buckets: each request takes the lock for a look-up or two.
    private let state = Mutex<[RateClass: Buckets]>([:])

    /// - Parameters:
    ///   - rates: how much is allowed.
    ///   - now: the time since some moment, which never goes back: nobody is locked out by a clock that is set.
    init(_ rates: Rates, now: @escaping @Sendable () -> Duration) {
        self.rates = Mutex(rates)
        self.now = now
    }

    /// Counts one request, or what there is in it.
    ///
    /// - Parameters:
    ///   - sort: what it is.
    ///   - key: whose it is.
    ///   - cost: how much it takes; at most the burst is ever taken.
    /// - Throws: `rate-limited`, with the time to wait; then nothing is taken.
    func take(_ sort: RateClass, of key: String, cost: Double = 1) throws(ProblemDetails) {
        try spend(sort, key, taking: cost, needing: cost)
    }

    /// Whether one request could be counted; counts none.
    ///
    /// - Throws: `rate-limited`, with the time to wait.
    func check(_ sort: RateClass, of key: String) throws(ProblemDetails) {
        try spend(sort, key, taking: 0, needing: 1)
    }

    /// Counts what is known only once it is made or sent, and is not refused any more: who comes next waits for it.
    ///
    /// - Parameters:
    ///   - sort: what it is.
    ///   - key: whose it is.
    ///   - cost: how much it takes; at most the burst is ever owed.
    func charge(_ sort: RateClass, of key: String, cost: Double) {
        guard cost > 0, let rate = rates.withLock({ $0.byClass[sort] }) else { return }
        let now = now()
        state.withLock { $0[sort, default: Buckets()].charge(cost, to: key, rate, at: now) }
    }

    /// Allows as much as these say from now on; buckets that are fuller than that spill over.
    func adopt(_ rates: Rates) { self.rates.withLock { $0 = rates } }

    /// How many buckets are kept of a class.
    func count(of sort: RateClass) -> Int { state.withLock { $0[sort]?.byKey.count ?? 0 } }

    private func spend(
        _ sort: RateClass,
        _ key: String,
        taking cost: Double,
        needing needed: Double
    ) throws(ProblemDetails) {
        guard let rate = rates.withLock({ $0.byClass[sort] }) else { return }
        let now = now()
        let missing = state.withLock { state in
            state[sort, default: Buckets()].spend(
                taking: min(cost, rate.burst),
                needing: min(needed, rate.burst),
                of: key,
                rate,
                now
            )
        }
        guard missing > 0 else { return }
        let seconds = max(1, Int((missing / rate.perSecond).rounded(.up)))
        var problem = ProblemDetails(.rateLimited, "So much of the sort \(sort.rawValue) was not expected.")
        problem.retryAfter = seconds
        throw problem
    }
}

extension RateLimiter.Buckets {
    /// Takes the cost when there is as much as is needed.
    ///
    /// - Returns: how much is missing.
    fileprivate mutating func spend(
        taking cost: Double,
        needing needed: Double,
        of key: String,
        _ rate: Rate,
        _ now: Duration
    ) -> Double {
        var bucket = bucket(of: key, rate, now).filled(rate, now)
        guard bucket.level >= needed else { return needed - bucket.level }
        bucket.level -= cost
        keep(bucket, of: key, rate, at: now)
        return 0
    }

    /// Takes the cost whether or not there is as much.
    fileprivate mutating func charge(_ cost: Double, to key: String, _ rate: Rate, at now: Duration) {
        var bucket = bucket(of: key, rate, now).filled(rate, now)
        bucket.level = max(bucket.level - cost, -rate.burst)
        keep(bucket, of: key, rate, at: now)
    }

    private func bucket(of key: String, _ rate: Rate, _ now: Duration) -> RateLimiter.Bucket {
        let full = RateLimiter.Bucket(level: rate.burst, since: now)
        if let known = byKey[key] { return known }
        return byKey.count < RateLimiter.maximumCount ? full : others ?? full
    }

    private mutating func keep(_ bucket: RateLimiter.Bucket, of key: String, _ rate: Rate, at now: Duration) {
        if bucket.level >= rate.burst {
            byKey[key] = nil
            return
        }
        if byKey[key] == nil, byKey.count >= RateLimiter.maximumCount {
            others = bucket
            forgetFull(rate, now)
        } else {
            byKey[key] = bucket
        }
    }

    private mutating func forgetFull(_ rate: Rate, _ now: Duration) {
        if let lastSweep, now - lastSweep < RateLimiter.pause { return }
        lastSweep = now
        byKey = byKey.filter { $0.value.filled(rate, now).level < rate.burst }
    }
}

extension RateLimiter.Bucket {
    /// With what has come in since.
    fileprivate func filled(_ rate: Rate, _ now: Duration) -> Self {
        let elapsed = (now - since) / .seconds(1)
        return Self(level: min(rate.burst, level + elapsed * rate.perSecond), since: now)
    }
}
