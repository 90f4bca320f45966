internal import AgendaModel
internal import SyncProtocol
internal import Synchronization

/// Counts what is being worked on, and refuses what would be too much.
final class ConcurrencyLimiter: Sendable {
    /// A class of work that has a limit of its own; `ServerOptions.Capacity` says how much each takes.
    enum Work: CaseIterable, Sendable {
        case push, longPush, pull, follower, read, historicalRead, publicHistoricalRead, enrolment, administration,
            repair
    }

    /// Whose requests are counted together, so that they may not take all permits.
    enum Client: Hashable, Sendable {
        /// All devices of a member: there may be many.
        case member(MemberID)
        /// Whoever comes without a token from this address.
        case address(String)

        fileprivate var isAnonymous: Bool {
            if case .address = self { true } else { false }
        }
    }

    private struct Key: Hashable {
        var work: Work
        var client: Client
    }

    private struct Present {
        var all: [Work: Int] = [:]
        /// Of those without a token.
        var anonymous: [Work: Int] = [:]
        var byClient: [Key: Int] = [:]
    }

    private let capacity: ServerOptions.Capacity
    /// The permits that are out.
    private let present = Mutex(Present())

    init(_ capacity: ServerOptions.Capacity) { self.capacity = capacity }

    /// Gives a permit for this work.
    ///
    /// - Parameters:
    ///   - work: what it is for.
    ///   - client: who asks: the answer to one may be sent slowly or never read.
    /// - Returns: the permit, which lasts until it is released or dropped.
    /// - Throws: `busy` when all permits are out, or those that there are for this client.
    func permit(for work: Work, of client: Client) throws(ProblemDetails) -> Permit {
        let limit = limit(of: work)
        let key = Key(work: work, client: client)
        let isAdmitted = present.withLock { present in
            let own = present.byClient[key, default: 0]
            guard present.all[work, default: 0] < limit.all, own < limit.each else { return false }
            if client.isAnonymous {
                // However many addresses they have.
                guard present.anonymous[work, default: 0] < limit.anonymous else { return false }
                present.anonymous[work, default: 0] += 1
            }
            present.all[work, default: 0] += 1
            present.byClient[key] = own + 1
            return true
        }
        guard isAdmitted else {
            throw ProblemDetails(
                .busy,
                "The server is working on as many requests of this sort as it takes at once, of everybody or of one."
            )
        }
        return Permit { [self] in takeBack(key) }
    }

    /// How much of this work is being done.
    func count(of work: Work) -> Int { present.withLock { $0.all[work, default: 0] } }

    private func takeBack(_ key: Key) {
        present.withLock { present in
            present.all[key.work, default: 1] -= 1
            if key.client.isAnonymous { present.anonymous[key.work, default: 1] -= 1 }
            let own = present.byClient[key, default: 1]
            present.byClient[key] = own > 1 ? own - 1 : nil
        }
    }

    private struct Limit {
        var all: Int
        var each: Int
        var anonymous: Int

        /// - Parameters:
        ///   - all: the permits that there are.
        ///   - each: those that one client may have; nil for all.
        ///   - anonymous: those that all who come without a token may have together; nil for all.
        init(_ all: Int, each: Int? = nil, anonymous: Int? = nil) {
            self.all = all
            self.each = each ?? all
            self.anonymous = anonymous ?? all
        }
    }

    private func limit(of work: Work) -> Limit {
        switch work {
        case .push: Limit(capacity.pushes, each: capacity.pushesEach)
        case .longPush: Limit(capacity.longPushes, each: capacity.longPushesEach)
        case .pull: Limit(capacity.pulls, each: capacity.pullsEach, anonymous: capacity.pulls / 2)
        case .follower: Limit(capacity.followers, each: capacity.followersEach, anonymous: capacity.followers / 2)
        case .read: Limit(capacity.reads, each: capacity.readsEach, anonymous: capacity.reads / 2)
        case .historicalRead: Limit(capacity.historicalReads, each: capacity.historicalReadsEach)
        case .publicHistoricalRead: Limit(capacity.publicHistoricalReads)
        case .enrolment: Limit(capacity.enrolments)
        case .administration: Limit(capacity.administration, each: capacity.administrationEach)
        case .repair: Limit(capacity.repairs, each: capacity.repairsEach)
        }
    }
}
