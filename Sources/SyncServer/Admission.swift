internal import SyncProtocol
internal import Synchronization

/// Counts what is being worked on and refuses what would be too much.
final class Admission: Sendable {
    enum Work: CaseIterable, Sendable {
        case push, longPush, pull, follower, read, historicalRead, publicHistoricalRead, administration
    }

    /// Holds one place until it is released: at its last use, or when it is dropped.
    final class Place: Sendable {
        private let admission: Admission
        private let work: Work
        private let device: String?

        fileprivate init(_ admission: Admission, _ work: Work, _ device: String?) {
            self.admission = admission
            self.work = work
            self.device = device
        }

        deinit { admission.leave(work, device) }
    }

    private let capacity: ServerOptions.Capacity
    private let present = Mutex(Present())

    private struct Present {
        var all: [Work: Int] = [:]
        /// Pushes by device.
        var pushes: [String: Int] = [:]
    }

    init(_ capacity: ServerOptions.Capacity) { self.capacity = capacity }

    /// Takes a place for this work.
    ///
    /// - Parameters:
    ///   - work: what it is for.
    ///   - device: who pushes; of its pushes, which may arrive slowly or never, only some have a place at a time.
    /// - Returns: the place, which lasts as long as it is held.
    /// - Throws: `busy` when all places, or all of the device's, are taken.
    func enter(_ work: Work, for device: String? = nil) throws(ProblemDetails) -> Place {
        let limit = limit(of: work)
        let deviceLimit = capacity.pushesPerDevice
        let isAdmitted = present.withLock { present in
            let count = present.all[work, default: 0]
            guard count < limit else { return false }
            if let device {
                let own = present.pushes[device, default: 0]
                guard own < deviceLimit else { return false }
                present.pushes[device] = own + 1
            }
            present.all[work] = count + 1
            return true
        }
        guard isAdmitted else {
            throw ProblemDetails(.busy, "The server is working on as many requests of this sort as it takes at once.")
        }
        return Place(self, work, device)
    }

    /// How much of this work is being done.
    func count(of work: Work) -> Int { present.withLock { $0.all[work, default: 0] } }

    private func leave(_ work: Work, _ device: String?) {
        present.withLock { present in
            present.all[work, default: 1] -= 1
            guard let device, let own = present.pushes[device] else { return }
            present.pushes[device] = own > 1 ? own - 1 : nil
        }
    }

    private func limit(of work: Work) -> Int {
        switch work {
        case .push: capacity.pushes
        case .longPush: capacity.longPushes
        case .pull: capacity.pulls
        case .follower: capacity.followers
        case .read: capacity.reads
        case .historicalRead: capacity.historicalReads
        case .publicHistoricalRead: capacity.publicHistoricalReads
        case .administration: capacity.administration
        }
    }
}
