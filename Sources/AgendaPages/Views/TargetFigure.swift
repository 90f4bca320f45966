internal import AgendaModel
internal import Projections
internal import Wording

/// A target with what was measured for it: the large figures of an agenda.
struct TargetFigure {
    var indicator: String
    var href: String
    var value: String
    var unit: String
    var target: String
    var due: String?
    /// How much of the target has been reached, 0 to 100.
    var percent: Int
    var percentText: String
    /// In words: on course, behind, reached.
    var course: String
    var mark: String
    /// How many measurements count.
    var measurements: String
    /// The day of the last one.
    var latest: String?
    /// Where to check it; nil where a page does not say.
    var proof: String?
}

extension TargetFigure {
    init(_ progress: Progress, from start: String?, _ reader: AgendaReader) throws {
        let (visit, localizer) = (reader.visit, reader.visit.localizer)
        let course = Course(progress, from: start, today: visit.today)
        let due = progress.due.map { visit.say(.pageDue, ["day": localizer.date($0)]) }
        let percent = Int((max(0, min(1, progress.share)) * 100).rounded(.down))
        let count = visit.number(progress.measurements)
        self.init(
            indicator: try reader.title(progress.indicator),
            href: visit.href(progress.indicator),
            value: localizer.number(progress.value),
            unit: progress.unit ?? "",
            target: localizer.number(progress.target),
            due: due,
            percent: percent,
            percentText: "\(percent) %",
            course: visit.say(course.message),
            mark: course.rawValue,
            measurements: visit.say(
                progress.measurements == 1 ? .pageMeasurementOne : .pageMeasurementMany,
                ["count": count]
            ),
            latest: progress.latest.map(localizer.date)
        )
    }
}
