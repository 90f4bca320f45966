extension ConcurrencyLimiter {
    /// Who waits for a permit.
    struct Waiting {
        let use: PermitUse
        let continuation: CheckedContinuation<Permit, any Error>
    }

    /// The permits that are out, and what is remembered of those that were.
    struct Present {
        var uses: [Work: PermitUses] = [:]
        /// Those of requests that wait for others: each counts for its client alone.
        var resting: [Work: PermitUses] = [:]
        /// Those who wait, in the order of their numbers.
        var queues: [Work: [Int: Waiting]] = [:]
        private var next = 0
        /// Of requests that have ended or have given way.
        private var recent: RecentWaits
        private let allowance: Duration
        /// How many may rest of each class.
        private let restingLimit: Limit

        init(_ capacity: ServerOptions.Capacity) {
            allowance = capacity.waitAllowance
            restingLimit = Limit(capacity.resting, withoutToken: capacity.resting / 2)
            recent = RecentWaits(allowance: allowance)
        }

        mutating func takeNumber() -> Int {
            defer { next += 1 }
            return next
        }

        /// Gives a permit, when there is one or others give way.
        ///
        /// - Parameters:
        ///   - use: the request that asks for it.
        ///   - number: of the permit.
        ///   - work: what it is for.
        ///   - limit: how many there are for that.
        ///   - now: the time since some moment, which never goes back.
        /// - Returns: those that gave way; nil when there is no permit.
        mutating func add(
            _ use: PermitUse,
            as number: Int,
            to work: Work,
            within limit: Limit,
            at now: Duration
        ) -> [PermitUse]? {
            let resting = resting[work] ?? [:]
            guard resting.full(for: use.client, restingLimit) == nil else { return nil }
            // Taken out, so that adding to them copies none of them.
            var present = uses.removeValue(forKey: work) ?? [:]
            defer { uses[work] = present }
            var gone: [Int: PermitUse] = [:]
            while let full = present.full(for: use.client, limit, besides: resting) {
                let number = present.givingWay(to: use.client, among: full, after: allowance) {
                    recent.duration(of: $0, in: work, at: now)
                }
                guard let number, let other = present.removeValue(forKey: number) else {
                    present.merge(gone) { $1 }
                    return nil
                }
                gone[number] = other
            }
            for other in gone.values { recent.add(other.waited, of: other.client, in: work, at: now) }
            present[number] = use
            return Array(gone.values)
        }

        /// Has a permit rest, unless it has been given away.
        mutating func rest(_ number: Int, of work: Work) {
            guard let use = uses[work]?.removeValue(forKey: number) else { return }
            resting[work, default: [:]][number] = use
        }

        /// Ends a permit's rest, when there is one left or others give way.
        ///
        /// - Parameters:
        ///   - number: of the permit.
        ///   - work: what it is for.
        ///   - limit: how many there are for that.
        ///   - now: the time since some moment, which never goes back.
        /// - Returns: those that gave way; nil when there is none left, and it goes on resting.
        mutating func resume(_ number: Int, of work: Work, within limit: Limit, at now: Duration) -> [PermitUse]? {
            guard let use = resting[work]?.removeValue(forKey: number) else { return [] }
            if let others = add(use, as: number, to: work, within: limit, at: now) { return others }
            resting[work, default: [:]][number] = use
            return nil
        }

        /// Takes a permit back, unless it has been given away.
        mutating func remove(_ number: Int, of work: Work, at now: Duration) {
            let rested = resting[work]?.removeValue(forKey: number)
            guard let use = rested ?? uses[work]?.removeValue(forKey: number) else { return }
            recent.add(use.waited, of: use.client, in: work, at: now)
        }

        /// Adds to a queue.
        ///
        /// - Returns: whether there is room in it.
        mutating func enqueue(
            _ waiting: Waiting,
            as number: Int,
            of work: Work,
            within limit: Limit
        ) -> Bool {
            let uses = queues[work, default: [:]].mapValues(\.use)
            guard uses.full(for: waiting.use.client, limit) == nil else { return false }
            queues[work, default: [:]][number] = waiting
            return true
        }

        /// Gives permits to those who have waited longest and may have one.
        mutating func takeNext(
            of work: Work,
            within limit: Limit
        ) -> [(number: Int, waiting: Waiting)] {
            guard let queue = queues[work], !queue.isEmpty else { return [] }
            var taken: [(number: Int, waiting: Waiting)] = []
            for (number, waiting) in queue.sorted(by: { $0.key < $1.key })
            where uses[work, default: [:]].full(for: waiting.use.client, limit, besides: resting[work] ?? [:]) == nil {
                uses[work, default: [:]][number] = waiting.use
                queues[work]?[number] = nil
                taken.append((number, waiting))
            }
            return taken
        }
    }
}
