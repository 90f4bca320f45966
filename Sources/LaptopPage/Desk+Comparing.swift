internal import AgendaModel
internal import AgendaPages
internal import EventLog
internal import Projections
internal import SyncClient
internal import Synchronization
internal import TypedInput
internal import Wording

extension Desk {
    /// What differs between two moments that somebody typed.
    ///
    /// - Parameters:
    ///   - from: the earlier one.
    ///   - to: the later one; empty for now.
    ///   - visit: who typed.
    /// - Returns: what was typed, with what differs or what is wrong.
    /// - Throws: what reading throws.
    func comparing(from: String, to: String, _ visit: PageVisit) throws -> CompareContent {
        var content = CompareContent(from: from, to: to)
        guard !from.isEmpty else { return content }
        do {
            let earlier = try known(from, visit)
            let later = to.isEmpty ? try replica.log.head().size : try known(to, visit)
            guard earlier <= later else {
                content.fault = visit.localizer.message(.pageCompareOrder)
                return content
            }
            content.differences = try differences(from: earlier, to: later)
        } catch let error as InputError {
            content.fault = error.message[visit.localizer.language]
        }
        return content
    }

    private func known(_ text: String, _ visit: PageVisit) throws -> LogSize {
        guard let size = try size(meaning: text, visit) else {
            throw InputError(.invalidData, .noState, with: ["text": text])
        }
        return size
    }

    private func differences(from earlier: LogSize, to later: LogSize) throws -> [SubjectDifference] {
        if later - earlier <= StateView.maximumStretch {
            let found = try replica.readVerified { view, log in
                later <= view.size ? try view.differences(from: earlier, to: later, in: log) : nil
            }
            if let found { return found }
        }
        let log = replica.log
        return try comparisons.differences(from: PastPlace(of: log, at: earlier), to: PastPlace(of: log, at: later)) {
            try TimeTravel.differences(of: log, from: earlier, to: later)
        }
    }
}

/// What differed when two states were last held against each other: paging through it does not fold the log again.
final class LastComparison: Sendable {
    private let kept = Mutex<(from: PastPlace, to: PastPlace, differences: [SubjectDifference])?>(nil)

    func differences(
        from earlier: PastPlace,
        to later: PastPlace,
        _ make: () throws -> [SubjectDifference]
    ) rethrows -> [SubjectDifference] {
        if let kept = kept.withLock({ $0 }), kept.from == earlier, kept.to == later { return kept.differences }
        let differences = try make()
        kept.withLock { $0 = (earlier, later, differences) }
        return differences
    }
}
