extension ConcurrencyLimiter {
    /// Who waits for a permit.
    struct Waiting {
        let holder: Holder
        let continuation: CheckedContinuation<Permit, any Error>
    }

    /// The permits that are out, and what is remembered of those that were.
    struct Present {
        var holders: [Work: Holders] = [:]
        /// Those who wait, in the order of their numbers.
        var queues: [Work: [Int: Waiting]] = [:]
        private var next = 0
        /// Of requests that have ended or have given way.
        private var recent: RecentWaits
        private let allowance: Duration

        init(allowance: Duration) {
            self.allowance = allowance
            recent = RecentWaits(allowance: allowance)
        }

        mutating func takeNumber() -> Int {
            defer { next += 1 }
            return next
        }

        /// Gives a permit, when there is one or others give way.
        ///
        /// - Parameters:
        ///   - holder: who asks.
        ///   - number: of the permit.
        ///   - work: what it is for.
        ///   - limit: how many there are for that.
        ///   - now: the time since some moment, which never goes back.
        /// - Returns: those that gave way; nil when there is no permit.
        mutating func add(
            _ holder: Holder,
            as number: Int,
            to work: Work,
            within limit: Limit,
            at now: Duration
        ) -> [Holder]? {
            // Taken out, so that adding to them copies none of them.
            var present = holders.removeValue(forKey: work) ?? [:]
            defer { holders[work] = present }
            var gone: [Int: Holder] = [:]
            while let full = present.full(for: holder.client, limit) {
                let number = present.givingWay(to: holder.client, among: full, after: allowance) {
                    recent.duration(of: $0, in: work, at: now)
                }
                guard let number, let other = present.removeValue(forKey: number) else {
                    present.merge(gone) { $1 }
                    return nil
                }
                gone[number] = other
            }
            for other in gone.values { recent.add(other.waited, of: other.client, in: work, at: now) }
            present[number] = holder
            return Array(gone.values)
        }

        /// Takes a permit back, unless it has been given away.
        mutating func remove(_ number: Int, of work: Work, at now: Duration) {
            guard let holder = holders[work]?.removeValue(forKey: number) else { return }
            recent.add(holder.waited, of: holder.client, in: work, at: now)
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
            let holders = queues[work, default: [:]].mapValues(\.holder)
            guard holders.full(for: waiting.holder.client, limit) == nil else { return false }
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
            where holders[work, default: [:]].full(for: waiting.holder.client, limit) == nil {
                holders[work, default: [:]][number] = waiting.holder
                queues[work]?[number] = nil
                taken.append((number, waiting))
            }
            return taken
        }
    }
}
