package import AgendaModel

/// Why a server's clock cannot be right.
///
/// A recorded time that is wrong stays in the log for ever, and all that follow are not before it.
package enum ClockFault: Hashable, Sendable {
    /// Far ahead of the log's last entry, and of whoever writes.
    case ahead(clock: Timestamp, last: Timestamp, writer: Timestamp?)
    /// Behind the log's last entry.
    case behind(clock: Timestamp, last: Timestamp)

    /// So much may pass between two entries when nobody says what time it is, in milliseconds: a year.
    private static let maximumPause = 366 * maximumLead
    /// So much may a clock be ahead, in milliseconds: a day.
    static let maximumLead = 24 * 60 * 60 * 1000
    /// So much may a clock be behind, in milliseconds: other servers of the same log may be ahead by as much.
    private static let maximumLag = 5 * 60 * 1000

    /// - Parameters:
    ///   - clock: what the server takes for the time.
    ///   - last: when the log's last entry was recorded; nil when there is none.
    ///   - writer: what whoever writes takes for the time; nil when they do not say.
    /// - Returns: nil for a clock that may be right.
    package static func found(at clock: Timestamp, after last: Timestamp?, writer: Timestamp?) -> ClockFault? {
        guard let last else { return nil }
        guard clock.isLater(than: last, by: -maximumLag) else { return .behind(clock: clock, last: last) }
        // Nobody writes in summer: then whoever writes has the last word.
        let isAhead =
            if let writer {
                clock.isLater(than: last, by: maximumLead) && clock.isLater(than: writer, by: maximumLead)
            } else {
                clock.isLater(than: last, by: maximumPause)
            }
        return isAhead ? .ahead(clock: clock, last: last, writer: writer) : nil
    }

    /// Whether a log may begin by a clock, where nobody says what time it is.
    ///
    /// - Parameters:
    ///   - clock: what the server takes for the time.
    ///   - newest: the latest moment that is known to have been; nil when nothing is known.
    /// - Returns: false for a clock that is more than a day behind that, or more than a year ahead.
    package static func mayBegin(at clock: Timestamp, after newest: Timestamp?) -> Bool {
        guard let newest else { return true }
        return !newest.isFarAhead(of: clock) && !clock.isLater(than: newest, by: maximumPause)
    }

    /// What is wrong, and what to do next.
    package var explanation: String {
        switch self {
        case .ahead(let clock, let last, let writer):
            "the server's clock says \(clock), and the log's last entry was recorded at \(last)"
                + (writer.map { "; whoever writes now has \($0)" } ?? "")
                + ". Nothing is taken until the clock that is wrong is put right; where it is the server's that is right, "
                + "its administrator goes on with --accept-clock"
        case .behind(let clock, let last):
            "the server's clock says \(clock), and the log's last entry was recorded later, at \(last). Nothing is taken until "
                + "the clock is put right; where it is right, its administrator goes on with --accept-clock, and new entries have "
                + "that later time"
        }
    }
}

extension Timestamp {
    func isLater(than other: Timestamp, by milliseconds: Int) -> Bool {
        millisecondsSince1970 > other.millisecondsSince1970 + milliseconds
    }
}
