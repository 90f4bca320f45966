internal import AgendaModel
internal import EventLog
internal import Projections
internal import Synchronization

/// States of the past that were asked for last: reading one page by page must not fold the log for each page.
final class PastStates: Sendable {
    /// How many are kept, over all agendas.
    static let maximumCount = 2
    /// Larger ones are not kept.
    ///
    /// In bytes.
    static let maximumMemory = 48 * 1024 * 1024

    /// Folds a log from an earlier state on; blocks.
    typealias Fold = @Sendable (_ log: any LogReader, _ size: LogSize, _ earlier: State) throws -> State

    /// A state, and its subjects in order.
    struct Past: Sendable {
        fileprivate var place: PastPlace
        var state: State
        var subjects: [String]
    }

    private struct Kept {
        var past: Past
        var digest: Hash?
        var place: PastPlace { past.place }
    }

    /// What is waited for together: members do not wait for what visitors have begun, on their share of the threads.
    private struct Asked: Hashable {
        var place: PastPlace
        var isForVisitors: Bool
    }

    private let heavyWork: HeavyWork
    private let fold: Fold
    private let folding = SharedWork<Asked, Past>()
    private let digesting = SharedWork<Asked, Hash>()
    /// The oldest first.
    private let kept = Mutex<[Kept]>([])

    /// - Parameters:
    ///   - heavyWork: the threads that look and fold.
    ///   - fold: how a log is folded.
    init(
        heavyWork: HeavyWork = HeavyWork(),
        fold: @escaping Fold = { try TimeTravel.state(of: $0, at: $1, from: $2) }
    ) {
        self.heavyWork = heavyWork
        self.fold = fold
    }

    /// How many wait for a folding that somebody else began.
    var waitingCount: Int { folding.waitingCount }

    /// The state of the log at a size.
    ///
    /// Folds the log when it must, from the last state before that is kept. Whoever asks for the same meanwhile waits for
    /// that instead of folding too.
    ///
    /// - Parameters:
    ///   - log: where the entries are.
    ///   - size: how many of them.
    ///   - client: who asks.
    /// - Returns: the state, and its subjects.
    /// - Throws: what the store throws, or `ProjectionError` with `beyondLog`.
    func state(of log: any LogReader, at size: LogSize, for client: ConcurrencyLimiter.Client) async throws -> Past {
        let isForVisitors = client.isWithoutToken
        let place = try await heavyWork.run(for: log.identity.origin, isForVisitors: isForVisitors) {
            try PastPlace(of: log, at: size)
        }
        forget(place.origin, but: place.erasureMark)
        return try await folding.value(for: Asked(place: place, isForVisitors: isForVisitors)) { [self] in
            if let known = kept.withLock({ $0.first { $0.place == place } }) { return known.past }
            return try await heavyWork.run(for: place.origin, takesLong: true, isForVisitors: isForVisitors) {
                [self] in try fold(log, to: place)
            }
        }
    }

    /// Lets go of a log's states that were folded before an entry was erased.
    func forget(_ origin: String, but erasureMark: Int) {
        kept.withLock { $0.removeAll { $0.place.origin == origin && $0.place.erasureMark != erasureMark } }
    }

    /// The digest of a state that was asked for; kept with it, because pages that begin anew ask again.
    ///
    /// - Parameters:
    ///   - past: the state.
    ///   - client: who asks.
    /// - Returns: the digest.
    /// - Throws: `CancellationError`.
    func digest(of past: Past, for client: ConcurrencyLimiter.Client) async throws -> Hash {
        let isForVisitors = client.isWithoutToken
        if let digest = kept.withLock({ $0.first { $0.place == past.place }?.digest }) { return digest }
        return try await digesting.value(for: Asked(place: past.place, isForVisitors: isForVisitors)) { [self] in
            let digest = try await heavyWork.run(
                for: past.place.origin,
                takesLong: true,
                isForVisitors: isForVisitors
            ) { TimeTravel.digest(of: past.state) }
            kept.withLock { kept in
                if let index = kept.firstIndex(where: { $0.place == past.place }) { kept[index].digest = digest }
            }
            return digest
        }
    }

    private func fold(_ log: any LogReader, to place: PastPlace) throws -> Past {
        let state = try fold(log, place.size, latest(for: place, of: log)?.state ?? State())
        let past = Past(place: place, state: state, subjects: state.subjects)
        if state.memory.rawValue <= Self.maximumMemory {
            kept.withLock { kept in
                kept.removeAll { $0.place == place }
                kept.append(Kept(past: past))
                if kept.count > Self.maximumCount { kept.removeFirst() }
            }
        }
        return past
    }

    /// The greatest state that is kept and not beyond what is wanted; nil when there is none.
    private func latest(for place: PastPlace, of log: any LogReader) throws -> Past? {
        // One from before an erasure may have been kept since, by who was folding then.
        try kept.withLock { $0.map(\.past) }.filter { $0.place.size <= place.size }
            .sorted { $0.place.size > $1.place.size }.first { try $0.place.holds(in: log) }
    }
}
