package import AgendaModel

/// Which state of an agenda is asked for: the value of `at`.
package enum StateReference: Hashable, Sendable {
    /// After that many entries.
    case size(LogSize)
    /// After everything that had been recorded at that moment, the moment itself included.
    case moment(Timestamp)

    /// Reads a size, an RFC 3339 moment in UTC (`2026-03-01T12:00:00Z`, with or without milliseconds), or a date.
    ///
    /// A date stands for its whole day in UTC: the state as the next day begins, so that everything recorded on that
    /// date counts.
    ///
    /// - Returns: nil for anything else.
    package init?(_ text: String) {
        if let size = DecimalNumber.parse(text) {
            self = .size(LogSize(size))
            return
        }
        let moment: Timestamp? =
            switch text.utf8.count {
            case 10:  // up to the last millisecond of the day
                Timestamp(text + "T00:00:00.000Z").map {
                    Timestamp(millisecondsSince1970: $0.millisecondsSince1970 + Self.day - 1)
                }
            case 20 where text.hasSuffix("Z"):
                Timestamp(text.dropLast() + ".000Z")
            default:
                Timestamp(text)
            }
        guard let moment else { return nil }
        self = .moment(moment)
    }

    private static let day = 24 * 60 * 60 * 1000
}
