internal import SyncProtocol
internal import Synchronization

/// Counts what is being worked on and refuses what would be too much.
final class Admission: Sendable {
    enum Work: CaseIterable, Sendable {
        case push, longPush, pull, follower, read, historicalRead, administration
    }

    /// Holds one place until it is released: at its last use, or when it is dropped.
    final class Place: Sendable {
        private let admission: Admission
        private let work: Work

        fileprivate init(_ admission: Admission, _ work: Work) {
            self.admission = admission
            self.work = work
        }

        deinit { admission.leave(work) }
    }

    private let capacity: ServerOptions.Capacity
    private let present = Mutex<[Work: Int]>([:])

    init(_ capacity: ServerOptions.Capacity) { self.capacity = capacity }

    /// Takes a place for this work.
    ///
    /// - Throws: `busy` when all places are taken.
    func enter(_ work: Work) throws(ProblemDetails) -> Place {
        let limit = limit(of: work)
        let isAdmitted = present.withLock { present in
            let count = present[work, default: 0]
            guard count < limit else { return false }
            present[work] = count + 1
            return true
        }
        guard isAdmitted else {
            throw ProblemDetails(.busy, "The server is working on \(limit) requests of this sort already.")
        }
        return Place(self, work)
    }

    private func leave(_ work: Work) {
        present.withLock { $0[work, default: 1] -= 1 }
    }

    private func limit(of work: Work) -> Int {
        switch work {
        case .push: capacity.pushes
        case .longPush: capacity.longPushes
        case .pull: capacity.pulls
        case .follower: capacity.followers
        case .read: capacity.reads
        case .historicalRead: capacity.historicalReads
        case .administration: capacity.administration
        }
    }
}
