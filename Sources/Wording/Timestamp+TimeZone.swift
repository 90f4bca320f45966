package import AgendaModel
package import Foundation

extension Timestamp {
    /// The day on which it is somewhere, `YYYY-MM-DD`.
    ///
    /// - Parameters:
    ///   - timeZone: where.
    ///   - days: how many days later; negative = earlier.
    /// - Returns: the day, or that many days after it.
    package func day(in timeZone: TimeZone, plus days: Int = 0) -> String {
        let day = 24 * 60 * 60 * 1000
        return Timestamp(millisecondsSince1970: local(in: timeZone).millisecondsSince1970 + days * day)
            .description.prefix(10).description
    }

    /// What a clock there shows, as if it were UTC.
    package func local(in timeZone: TimeZone) -> Timestamp {
        let date = Date(timeIntervalSince1970: Double(millisecondsSince1970) / 1000)
        return Timestamp(millisecondsSince1970: millisecondsSince1970 + timeZone.secondsFromGMT(for: date) * 1000)
    }

    /// The moment at which a day begins somewhere.
    ///
    /// - Parameters:
    ///   - day: `YYYY-MM-DD`; nil for anything else.
    ///   - timeZone: where. Where clocks go forward at midnight, the day begins at the first moment that there is.
    package init?(startOf day: String, in timeZone: TimeZone) {
        guard let utc = Timestamp(day + "T00:00:00.000Z") else { return nil }
        // The first moment whose day is this one: it lies less than two days from the one in UTC.
        var (low, high) = (utc.millisecondsSince1970 - 2 * 86_400_000, utc.millisecondsSince1970 + 2 * 86_400_000)
        while low + 1 < high {
            let middle = (low + high) / 2
            if Timestamp(millisecondsSince1970: middle).day(in: timeZone) < day { low = middle } else { high = middle }
        }
        self.init(millisecondsSince1970: high)
    }

    /// The last millisecond of a day somewhere.
    ///
    /// - Parameters:
    ///   - day: `YYYY-MM-DD`; nil for anything else.
    ///   - timeZone: where.
    package init?(endOf day: String, in timeZone: TimeZone) {
        guard let noon = Timestamp(day + "T12:00:00.000Z"),
            let next = Timestamp(startOf: noon.day(in: .gmt, plus: 1), in: timeZone)
        else { return nil }
        self.init(millisecondsSince1970: next.millisecondsSince1970 - 1)
    }
}
