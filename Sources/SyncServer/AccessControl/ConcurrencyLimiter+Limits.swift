extension ConcurrencyLimiter {
    /// How many permits of a class there are.
    struct Limit {
        var all: Int
        var each: Int
        var withoutToken: Int
        /// Whether a client may have no more of them than it leaves to others.
        ///
        /// For work that is done while nobody waits for its client: none of it gives way to whoever comes later.
        var leavesRoom: Bool
        /// Those that the members of one agenda may have together.
        var agenda: Int { max(1, all - max(1, all / 4)) }

        /// - Parameters:
        ///   - all: the permits that there are.
        ///   - each: those that one client may have; nil for all.
        ///   - withoutToken: those that all who come without a token may have together; nil for all.
        ///   - leavesRoom: whether a client may have no more of them than it leaves to others.
        init(_ all: Int, each: Int? = nil, withoutToken: Int? = nil, leavesRoom: Bool = false) {
            self.all = all
            self.each = each ?? all
            self.withoutToken = withoutToken ?? all
            self.leavesRoom = leavesRoom
        }
    }

    func limit(of work: Work) -> Limit {
        switch work {
        case .body: Limit(capacity.bodies, each: capacity.bodiesEach, withoutToken: capacity.bodies / 2)
        case .push: Limit(capacity.pushes, each: capacity.pushesEach, leavesRoom: true)
        case .longPush: Limit(capacity.longPushes, each: capacity.longPushesEach)
        case .pull: Limit(capacity.pulls, each: capacity.pullsEach, withoutToken: capacity.pulls / 2)
        case .follower: Limit(capacity.followers, each: capacity.followersEach, withoutToken: capacity.followers / 2)
        case .read: Limit(capacity.reads, each: capacity.readsEach, withoutToken: capacity.reads / 2)
        case .historicalRead: Limit(capacity.historicalReads, each: capacity.historicalReadsEach)
        case .publicHistoricalRead: Limit(capacity.publicHistoricalReads)
        case .enrolment: Limit(capacity.enrolments, leavesRoom: true)
        case .administration: Limit(capacity.administration, each: capacity.administrationEach, leavesRoom: true)
        case .repair: Limit(capacity.repairs, each: capacity.repairsEach)
        }
    }

    /// How many wait for a permit, where that can be waited for.
    static func queue(of work: Work) -> Limit? {
        switch work {
        case .historicalRead, .publicHistoricalRead: Limit(8, each: 1)
        case .body, .push, .longPush, .pull, .follower, .read, .enrolment, .administration, .repair: nil
        }
    }

    /// How long somebody waits for a permit.
    static let maximumTurn = Duration.seconds(20)
}
