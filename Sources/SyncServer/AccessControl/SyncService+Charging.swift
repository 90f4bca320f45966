internal import Projections

extension SyncService {
    /// Counts what was read for an answer besides what goes with any request: whoever asks next waits for it.
    ///
    /// - Parameters:
    ///   - read: for this answer alone, and not what others get too.
    ///   - reader: who gets the answer.
    func charge(_ read: ReadAmount, to reader: Reader) {
        switch reader {
        case .device(let caller): rates.charge(.read, of: caller.name, cost: read.requests)
        case .anybody(let address): rates.charge(.publicRead, of: address, cost: read.requests)
        }
    }
}

extension ReadAmount {
    /// As how many more requests it counts.
    var requests: Double { Double(subjects / Self.subjectsInMoments + bytes / Self.bytesInMoments) }
}
