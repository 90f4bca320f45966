/// How often values were of which magnitude, as Prometheus counts them: each bound has all that are not greater.
struct Histogram: Hashable, Sendable {
    /// What is measured.
    enum Scale: Hashable, Sendable {
        /// From a millisecond to a minute.
        case seconds
        /// From one to ten thousand.
        case counts

        var bounds: [Double] {
            switch self {
            case .seconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]
            case .counts: [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000]
            }
        }
    }

    let scale: Scale
    /// For each bound, how many values lie between it and the one before.
    private var counts: [Int]
    private(set) var sum = 0.0
    private(set) var count = 0

    init(_ scale: Scale) {
        self.scale = scale
        counts = Array(repeating: 0, count: scale.bounds.count)
    }

    mutating func add(_ value: Double) {
        if let index = scale.bounds.firstIndex(where: { value <= $0 }) { counts[index] += 1 }
        sum += value
        count += 1
    }

    /// Each bound with the number of values that are not greater.
    var cumulative: [(bound: Double, count: Int)] {
        var total = 0
        return zip(scale.bounds, counts).map { bound, count in
            total += count
            return (bound, total)
        }
    }
}
