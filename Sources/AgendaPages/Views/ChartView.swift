internal import AgendaModel
internal import Projections
internal import Wording

/// How an indicator went over time, as a drawing with a table behind it.
struct ChartView {
    struct Point {
        var day: String
        var value: String
        var x: String
        var y: String
    }

    struct Label {
        var text: String
        var x: String
        var y: String
        var anchor: String
    }

    var title: String
    var unit: String
    /// The points of the line, for SVG.
    var line: String
    /// The area below it.
    var area: String
    var targetY: String?
    var targetText: String?
    var labels: [Label]
    var points: [Point]
    var description: String
}

extension ChartView {
    /// How the indicators of an ambition's targets went; of those that have no course yet, nothing.
    ///
    /// - Parameters:
    ///   - targets: all of one ambition.
    ///   - reader: the state.
    /// - Returns: the drawings, in the order of the targets.
    /// - Throws: what reading throws.
    static func charts(of targets: [Progress], _ reader: AgendaReader) throws -> [ChartView] {
        guard let ambition = targets.first?.ambition else { return [] }
        let counted = CountedMeasurements(of: ambition, reader)
        return try targets.compactMap { try ChartView($0, counting: counted, reader) }
    }

    /// nil for fewer than two days: there is no course yet.
    ///
    /// - Parameters:
    ///   - progress: the target, with what it is of.
    ///   - counted: what counts for the targets of its ambition.
    ///   - reader: the state.
    /// - Throws: what reading throws.
    init?(_ progress: Progress, counting counted: CountedMeasurements, _ reader: AgendaReader) throws {
        let (visit, localizer) = (reader.visit, reader.visit.localizer)
        let days = Self.days(progress, counted.items(of: progress.indicator))
        guard days.count > 1, let first = days.first, let last = days.last,
            let start = Timestamp(first.day + "T00:00:00.000Z"), let end = Timestamp(last.day + "T00:00:00.000Z")
        else { return nil }
        let span = Double(end.millisecondsSince1970 - start.millisecondsSince1970)
        let values = days.map(\.value)
        // A target far above all values would press the line to the ground.
        let showsTarget = progress.target <= 4 * (values.max() ?? 0)
        let top = max(values.max() ?? 0, showsTarget ? progress.target : 0, 1e-9)
        let bottom = min(values.min() ?? 0, 0)
        func y(_ value: Double) -> Double { Self.top + (1 - (value - bottom) / (top - bottom)) * Self.height }
        let placed = days.compactMap { item -> (Double, Double, String, Double)? in
            guard let time = Timestamp(item.day + "T00:00:00.000Z") else { return nil }
            let share = Double(time.millisecondsSince1970 - start.millisecondsSince1970) / span
            return (Self.left + share * Self.width, y(item.value), item.day, item.value)
        }
        title = try reader.title(progress.indicator)
        unit = progress.unit ?? ""
        line = placed.map { "\(Self.digits($0.0)),\(Self.digits($0.1))" }.joined(separator: " ")
        let ground = Self.digits(y(bottom))
        area = "\(Self.digits(Self.left)),\(ground) \(line) \(Self.digits(Self.left + Self.width)),\(ground)"
        targetY = showsTarget ? Self.digits(y(progress.target)) : nil
        targetText = showsTarget ? "\(visit.say(.pageTarget)) \(localizer.number(progress.target))" : nil
        labels = [
            Label(
                text: localizer.date(first.day),
                x: Self.digits(Self.left),
                y: Self.digits(Self.top + Self.height + 22),
                anchor: "start"
            ),
            Label(
                text: localizer.date(last.day),
                x: Self.digits(Self.left + Self.width),
                y: Self.digits(Self.top + Self.height + 22),
                anchor: "end"
            ),
        ]
        points = placed.map { x, y, day, value in
            Point(
                day: localizer.date(day),
                value: "\(localizer.number(value)) \(progress.unit ?? "")",
                x: Self.digits(x),
                y: Self.digits(y)
            )
        }
        description = visit.say(
            .pageChart,
            [
                "title": title, "from": localizer.date(first.day), "to": localizer.date(last.day),
                "first": localizer.number(first.value), "last": localizer.number(last.value),
            ]
        )
    }

    private static let (left, top, width, height) = (8.0, 14.0, 624.0, 176.0)
    /// More points than this are not told apart.
    private static let maximumPoints = 200

    /// Where the indicator stood at the end of each day.
    private static func days(_ progress: Progress, _ found: [Referrers.Item]) -> [(day: String, value: Double)] {
        var days: [(day: Int32, value: Double)] = []
        var sum = 0.0
        for item in found.sorted(by: { $0.day < $1.day }) where item.day > 0 && !item.value.isNaN {
            sum += item.value
            let shown = progress.aggregation == .sum ? sum : item.value
            if days.last?.day == item.day { days.removeLast() }
            days.append((item.day, shown))
        }
        if days.count > maximumPoints, let last = days.last {
            let step = days.count / maximumPoints + 1
            days = days.enumerated().filter { $0.offset % step == 0 }.map(\.element) + [last]
        }
        return days.map { (Referrers.Item.text(ofDay: $0.day), $0.value) }
    }

    /// A number as drawings have it.
    static func digits(_ number: Double) -> String { JSONValue((number * 10).rounded() / 10).compact }
}
