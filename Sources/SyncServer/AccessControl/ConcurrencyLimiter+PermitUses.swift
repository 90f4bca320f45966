internal import AgendaModel

extension ConcurrencyLimiter.PermitUses {
    /// Those of whom there may be no more, if this client is to get a permit; nil when it can get one.
    ///
    /// - Parameters:
    ///   - client: who asks.
    ///   - limit: how many there may be.
    ///   - resting: further permits, which count for their clients alone.
    /// - Returns: whether a permit is one of them.
    func full(
        for client: ConcurrencyLimiter.Client,
        _ limit: ConcurrencyLimiter.Limit,
        besides resting: ConcurrencyLimiter.PermitUses = [:]
    ) -> ((ConcurrencyLimiter.PermitUse) -> Bool)? {
        let own = values.count(where: { $0.client == client }) + resting.values.count(where: { $0.client == client })
        if own >= limit.each { return { $0.client == client } }
        var left = limit.all - count
        if client.isWithoutToken {
            // However many addresses they have.
            let visitors = values.count(where: \.client.isWithoutToken)
            if visitors >= limit.withoutToken { return { $0.client.isWithoutToken } }
            left = Swift.min(left, limit.withoutToken - visitors)
        } else {
            let members = values.count { $0.client.agenda == client.agenda }
            if members >= limit.agenda { return { $0.client.agenda == client.agenda } }
            left = Swift.min(left, limit.agenda - members)
        }
        if left <= 0 { return { _ in true } }
        return limit.leavesRoom && own >= left ? { $0.client == client } : nil
    }

    /// The one of them that is to give way to one more request of a client.
    ///
    /// Of whose client there are most; of several, the one whose client has been waited for longest.
    ///
    /// - Parameters:
    ///   - asking: the client, which would have one more.
    ///   - isOneOfThem: of whom one has to go.
    ///   - allowance: how long a client may be waited for, all its requests together.
    ///   - recent: how long a client has been waited for in requests that have ended.
    /// - Returns: its number; nil when none has to.
    func givingWay(
        to asking: ConcurrencyLimiter.Client,
        among isOneOfThem: (ConcurrencyLimiter.PermitUse) -> Bool,
        after allowance: Duration,
        recent: (ConcurrencyLimiter.Client) -> Duration
    ) -> Int? {
        let waiting = filter { isOneOfThem($0.value) && $0.value.connection?.wait.isWaiting == true }
        guard !waiting.isEmpty else { return nil }
        var clients: [ConcurrencyLimiter.Client: (count: Int, waited: Duration)] = [:]
        for use in values {
            let before = clients[use.client] ?? (count: 0, waited: recent(use.client))
            clients[use.client] = (before.count + 1, before.waited + use.waited)
        }
        let more = (clients[asking]?.count ?? 0) + 1
        let ranked = waiting.compactMap { number, use -> (number: Int, rank: (Int, Duration, Duration))? in
            guard let client = clients[use.client], client.count > more || client.waited >= allowance
            else { return nil }
            return (number, (client.count, client.waited, use.waited))
        }
        return ranked.max { $0.rank < $1.rank }?.number
    }
}

extension ConcurrencyLimiter.PermitUse {
    /// How long the request has been waiting for its client.
    var waited: Duration { connection?.wait.spent ?? .zero }
}
