internal import AgendaModel

/// All measurements of one place, taken together.
struct MeasurementTotals: Hashable {
    private(set) var count = 0
    private(set) var sum = ExactSum()
    /// The one that follows all others; nil when there is none, or when it is not known.
    var latest: Measurement?

    var isEmpty: Bool { count == 0 }

    mutating func add(_ measurement: Measurement) {
        count += 1
        sum.add(measurement.value)
        if latest.map(measurement.follows) ?? true { latest = measurement }
    }

    /// Takes one away; when it was the latest, that is not known any more.
    mutating func remove(_ measurement: Measurement) {
        count -= 1
        sum.subtract(measurement.value)
        if latest?.subject == measurement.subject { latest = nil }
    }

    /// Takes in all that others come to.
    mutating func add(_ others: MeasurementTotals) {
        count += others.count
        sum = sum + others.sum
        if let other = others.latest, latest.map(other.follows) ?? true { latest = other }
    }
}

extension MeasurementTotals {
    /// `<count> <sum> <subject> <position> <counter> <bits of the value> <date>`; equal totals have equal texts.
    var text: String {
        guard let latest else { return "\(count) \(sum.text)" }
        return "\(count) \(sum.text) \(latest.subject) \(latest.position) \(latest.counter) \(latest.value.bitPattern) "
            + latest.on
    }

    /// nil for what is not such a text.
    init?(text: String, at place: Measurement.Place) {
        let parts = text.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: false)
        guard parts.count == 7, let count = Int(parts[0]), let sum = ExactSum(text: parts[1]),
            let position = Int(parts[3]), let counter = Int(parts[4]), let bits = UInt64(parts[5])
        else { return nil }
        self.count = count
        self.sum = sum
        latest = Measurement(
            subject: String(parts[2]),
            place: place,
            value: Double(bitPattern: bits),
            on: String(parts[6]),
            position: Position(position),
            counter: Counter(counter)
        )
    }
}
