internal import AgendaModel

/// How far one target of an ambition has come.
package struct Progress: Hashable, Sendable {
    package enum Aggregation: String, Sendable {
        /// All measurements added up.
        case sum
        /// The measurement with the latest date; of several, the one whose value was recorded last.
        case latest
    }
    package var ambition: String
    package var indicator: String
    /// nil when the indicator does not say (any more).
    package var unit: String?
    package var aggregation: Aggregation
    /// The quantity to be reached.
    package var target: Double
    /// `YYYY-MM-DD`.
    package var due: String?
    /// 0 as long as there are no measurements.
    package var value: Double
    /// How many measurements count.
    package var measurements: Int
    /// The latest date among them, `YYYY-MM-DD`.
    package var latest: String?
}

extension StateView {
    /// How far each target has come, sorted by ambition and indicator.
    ///
    /// Measurements of the target's indicator count, each once, unless they are voided. They are of the ambition itself,
    /// or of a project that is linked to it. A target without a quantity is left out.
    package func progress() throws -> [Progress] {
        var targets = try ProgressTargets(self)
        guard !targets.items.isEmpty else { return [] }
        try forEachDocument(kind: "measurement") { subject, document in
            guard let values = try? JSONValue(parsing: document), values["voided"] != true,
                let indicator = values["indicator"]?.text, let value = values["value"]?.double
            else { return true }
            let measurement = ProgressTargets.Measurement(
                subject: subject,
                value: value,
                on: values["on"]?.text ?? ""
            )
            targets.add(measurement, of: indicator, on: values["ambition"]?.text, by: values["project"]?.text)
            return true
        }
        return try targets.items.map { item in
            var progress = item.progress
            progress.latest = item.latest.first?.on
            if progress.aggregation == .latest {
                progress.value = try lastRecorded(item.latest)?.value ?? 0
            }
            return progress
        }
    }

    /// Of measurements on the same date, the one whose value stands at the greatest position.
    private func lastRecorded(_ measurements: [ProgressTargets.Measurement]) throws -> ProgressTargets.Measurement? {
        guard measurements.count > 1 else { return measurements.first }
        let placed = try measurements.map { measurement in
            let head = try registers(of: measurement.subject).first { $0.path == "/value" }?.heads.first
            return (measurement, head?.position ?? Position(-1), head?.counter ?? Counter(-1))
        }
        return placed.max { ($0.1, $0.2, $0.0.subject) < ($1.1, $1.2, $1.0.subject) }?.0
    }
}

/// The targets of all ambitions while measurements are added to them.
private struct ProgressTargets {
    struct Measurement {
        var subject: String
        var value: Double
        var on: String
    }

    struct Item {
        var progress: Progress
        /// Those with the latest date so far.
        var latest: [Measurement] = []
    }

    private(set) var items: [Item] = []
    /// Per indicator and ambition, the index of the item.
    private var indexes: [String: [String: Int]] = [:]
    /// The ambitions that each project is linked to.
    private var links: [String: [String]] = [:]

    init(_ view: StateView) throws {
        var indicators: [String: (unit: String?, aggregation: Progress.Aggregation)] = [:]
        try view.forEachDocument(kind: "indicator") { subject, document in
            let values = try? JSONValue(parsing: document)
            let aggregation = values?["aggregation"]?.text.flatMap(Progress.Aggregation.init) ?? .sum
            indicators[subject] = (values?["unit"]?.text, aggregation)
            return true
        }
        try view.forEachDocument(kind: "ambition") { ambition, document in
            guard let targets = (try? JSONValue(parsing: document))?["targets"]?.members else { return true }
            for (indicator, target) in targets.map({ ($0.name, $0.value) }) {
                guard let quantity = target["quantity"]?.double else { continue }
                indexes[indicator, default: [:]][ambition] = items.count
                let known = indicators[indicator]
                items.append(
                    Item(
                        progress: Progress(
                            ambition: ambition,
                            indicator: indicator,
                            unit: known?.unit,
                            aggregation: known?.aggregation ?? .sum,
                            target: quantity,
                            due: target["due"]?.text,
                            value: 0,
                            measurements: 0
                        )
                    )
                )
            }
            return true
        }
        guard !items.isEmpty else { return }
        try view.forEachDocument(kind: "project") { project, document in
            guard let ambitions = (try? JSONValue(parsing: document))?["ambitions"]?.members else { return true }
            links[project] = ambitions.filter { $0.value == true }.map(\.name)
            return true
        }
    }

    mutating func add(_ measurement: Measurement, of indicator: String, on ambition: String?, by project: String?) {
        guard let indexes = indexes[indicator] else { return }
        let linked = project.flatMap { links[$0] } ?? []
        for (name, index) in indexes where name == ambition || linked.contains(name) {
            items[index].add(measurement)
        }
    }
}

extension ProgressTargets.Item {
    fileprivate mutating func add(_ measurement: ProgressTargets.Measurement) {
        progress.measurements += 1
        if progress.aggregation == .sum { progress.value += measurement.value }
        if let known = latest.first, measurement.on < known.on { return }
        if let known = latest.first, measurement.on > known.on { latest.removeAll() }
        latest.append(measurement)
    }
}
