internal import AgendaModel
internal import AgendaPages
internal import EventLog
internal import Projections
internal import SyncClient
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
        if later - earlier <= StateView.longestStretch {
            let found = try replica.readVerified { view, log in
                later <= view.size ? try view.differences(from: earlier, to: later, in: log) : nil
            }
            if let found { return found }
        }
        let log = replica.log
        let erasures = try log.head().erasures
        let before = try past.state(of: log, at: earlier, after: erasures).state
        let after = try past.state(of: log, at: later, after: erasures).state
        return try after.subjects.compactMap { try SubjectDifference(of: $0, from: before, to: after) }
    }
}
