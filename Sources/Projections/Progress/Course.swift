internal import AgendaModel

/// Whether a target will be reached if it goes on as it went.
package enum Course: String, Hashable, Sendable {
    case reached
    /// At least the share of the time that has gone by has been reached.
    case onCourse = "on-course"
    case behind
    /// The day by which it was to be reached has come.
    case missed
    /// Nobody has said when it began, or by when it is to be reached.
    case running

    /// - Parameters:
    ///   - progress: how far it is.
    ///   - start: when work towards it began, `YYYY-MM-DD`; nil when nobody says.
    ///   - today: the day that is looked at, `YYYY-MM-DD`.
    package init(_ progress: Progress, from start: String?, today: String) {
        guard progress.share < 1 else {
            self = .reached
            return
        }
        guard let end = progress.due.flatMap(Timestamp.init(day:)), let now = Timestamp(day: today) else {
            self = .running
            return
        }
        guard now < end else {
            self = .missed
            return
        }
        guard let start = start.flatMap(Timestamp.init(day:)), start < end, start < now else {
            self = .running
            return
        }
        let whole = Double(end.millisecondsSince1970 - start.millisecondsSince1970)
        let past = Double(now.millisecondsSince1970 - start.millisecondsSince1970)
        self = progress.share >= past / whole ? .onCourse : .behind
    }
}

extension Progress {
    /// How much of the target has been reached: 0 = nothing, 1 = all; less or more where values are.
    package var share: Double { target > 0 ? value / target : value >= target ? 1 : 0 }
}

extension Timestamp {
    /// The beginning of a day, in UTC.
    fileprivate init?(day: String) { self.init(day + "T00:00:00.000Z") }
}
