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
    /// or of a project that is linked to it. A target without a quantity is left out. Costs what the targets, the
    /// ambitions and the projects cost, and not what the measurements do.
    ///
    /// What was measured is read once, for all targets together: one ambition may have thousands of targets and projects.
    package func progress() throws -> [Progress] {
        let targets = try targets()
        guard !targets.isEmpty else { return [] }
        let links = try links()
        let pending = try pendingTotals()
        var measured = MeasuredIndex(of: targets.map(\.indicator))
        try MeasuredRow.forEach(db) { place, totals in
            if pending[place] == nil { measured.add(totals, at: place) }
        }
        for (place, totals) in pending { measured.add(totals, at: place) }
        return targets.map { target in
            let all = measured.totals(
                of: target.indicator,
                for: target.ambition,
                linked: links[target.ambition] ?? []
            )
            var progress = target
            progress.measurements = all.count
            progress.value = target.aggregation == .sum ? all.sum.value : all.latest?.value ?? 0
            progress.latest = all.latest?.on
            return progress
        }
    }

    /// The targets that have a quantity, as if there were no measurements.
    private func targets() throws -> [Progress] {
        var indicators: [String: (unit: String?, aggregation: Progress.Aggregation)] = [:]
        try forEachDocument(kind: "indicator") { subject, document in
            let values = try JSONValue(folded: document)
            let aggregation = values["aggregation"]?.text.flatMap(Progress.Aggregation.init) ?? .sum
            indicators[subject] = (values["unit"]?.text, aggregation)
            return true
        }
        var found: [Progress] = []
        try forEachDocument(kind: "ambition") { ambition, document in
            guard let targets = try JSONValue(folded: document)["targets"]?.members else { return true }
            for (indicator, target) in targets.map({ ($0.name, $0.value) }) {
                guard let quantity = target["quantity"]?.double else { continue }
                let known = indicators[indicator]
                found.append(
                    Progress(
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
            }
            return true
        }
        return found
    }

    /// The projects that are linked to each ambition.
    private func links() throws -> [String: Set<String>] {
        var links: [String: Set<String>] = [:]
        try forEachDocument(kind: "project") { project, document in
            let ambitions = try JSONValue(folded: document)["ambitions"]?.members ?? []
            for ambition in ambitions where ambition.value == true { links[ambition.name, default: []].insert(project) }
            return true
        }
        return links
    }

    /// The totals that pending events change, as they make them.
    private func pendingTotals() throws -> [Measurement.Place: MeasurementTotals] {
        var places = MeasuredPlaces(db)
        guard let overlay else { return [:] }
        let pending = SubjectRange(kind: Measurement.kind, after: nil).slice(of: overlaid)
        for subject in pending {
            try places.change(
                from: isInMemory ? nil : Measurement(subject, SubjectRow.registers(of: subject, db)),
                to: Measurement(subject, overlay.registers(of: subject))
            )
        }
        try places.complete { body in
            try SubjectRow.forEachMeasurement(db) { if !overlay.contains($0.subject) { body($0) } }
            for subject in pending { try Measurement(subject, overlay.registers(of: subject)).map(body) }
        }
        return places.totals
    }
}
