package import AgendaModel

/// Whether a log holds everything that its own key has ever been seen to sign.
///
/// A log that does not is read, and nothing is added to it. The next entry would be signed under a position that was
/// given away before. Only what gives back the lost entries may write.
package enum LogStanding: Hashable, Sendable {
    /// It holds everything that is known to have been shown.
    case complete
    /// A log of this size has been shown, and this one is smaller.
    case behind(LogSize)
    /// A log of this size has been shown, and this one has other entries.
    case forked(LogSize)
    /// Nothing of its server's own says how much of it has been shown: its folder came without `log.seen`.
    ///
    /// What others have shown since, it holds: there may have been more.
    case unproven

    /// Whether entries may be added.
    package var takesEntries: Bool { self == .complete }

    /// How many entries are missing in a log of this size; nil when nobody knows.
    package func lost(at size: LogSize) -> Int? {
        switch self {
        case .complete: 0
        case .behind(let shown): shown - size
        case .forked, .unproven: nil
        }
    }

    /// All words that there are.
    package static let words = [complete, behind(.zero), forked(.zero), unproven].map(\.word)

    /// A word for programs: in answers, in the metrics and in the server's log.
    package var word: String {
        switch self {
        case .complete: "complete"
        case .behind: "behind"
        case .forked: "forked"
        case .unproven: "unproven"
        }
    }

    /// What is wrong with a log of this size, and what to do next; nil when nothing is.
    package func explanation(at size: LogSize) -> String? {
        let end = "Nothing is taken or signed until"
        return switch self {
        case .complete: nil
        case .behind(let shown):
            "the log here has \(size) of the \(shown) entries that have been shown, and lacks \(shown - size). \(end) "
                + "'ambit heal' gives back what is missing, or 'ambit agenda accept-loss' gives it up"
        case .forked(let shown):
            "the log's first \(shown) entries are not those that have been shown: it has two histories. \(end) the right "
                + "copy is put back, or 'ambit agenda accept-loss' lets this one go on"
        case .unproven:
            "nothing here says how much of the log has been shown; its size is \(size). \(end) all witnesses "
                + "that are asked confirm it, 'ambit heal' gives back what is missing, or 'ambit agenda accept-loss' lets it go on"
        }
    }

    /// Why nothing is added to a log of this size.
    func refusal(at size: LogSize) -> PushError {
        PushError(.incomplete, explanation(at: size) ?? "the log takes entries again; push once more")
    }
}

extension LogStanding {
    /// As a server's own files say, for whoever does not write the log.
    ///
    /// - Parameters:
    ///   - store: the log.
    ///   - record: where it is noted how much of it has been shown.
    ///   - end: what else the server's files say that the log has had; nil when they say nothing.
    /// - Throws: what the two throw; `LogError` with `corrupt` for entries that are not what was signed.
    package init(of store: any LogStore, noted record: any SeenRecord, remembered end: RememberedEnd?) throws {
        var logGuard = LogGuard(record: record, store: store, syncsEach: false)
        if let end { logGuard.remember(end) }
        let mark = try logGuard.mark()
        try logGuard.look(at: LogTip(of: store, verifier: store.identity.verifierKey), against: mark)
        self = logGuard.standing
    }
}
