/// When a followed log is visited again: at an interval, and ever later while it does not do as it should.
struct VisitSchedule: Sendable {
    /// However often something fails, and whatever the log asks for, it is not left alone for longer than this, or than
    /// the interval where that is longer.
    static let greatestDelay = Duration.seconds(15 * 60)

    private let interval: Duration
    private var next: Duration

    init(interval: Duration) {
        self.interval = interval
        next = interval
    }

    /// How long to wait after a visit.
    mutating func delay(after visit: LogVisit) -> Duration {
        guard visit.because != nil else {
            next = interval
            return interval
        }
        let greatest = max(interval, Self.greatestDelay)
        defer { next = min(next * 2, greatest) }
        guard case .failed(_, let asked?) = visit else { return next }
        return min(max(next, asked), greatest)
    }
}
