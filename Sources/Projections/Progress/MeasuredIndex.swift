/// What was measured, as targets ask for it: by indicator, and by the ambition or the project that it is of.
///
/// Made once for all targets. Looking one up costs at most what has been measured of its indicator.
struct MeasuredIndex {
    /// What was measured of one indicator.
    private struct Measured {
        var byAmbition: [String: MeasurementTotals] = [:]
        /// With the ambitions that these name, too.
        var byProject: [String: [(ambition: String, totals: MeasurementTotals)]] = [:]
    }

    private var byIndicator: [String: Measured]

    /// - Parameter indicators: those that will be asked for.
    init(of indicators: some Sequence<String>) {
        byIndicator = Dictionary(indicators.map { ($0, Measured()) }) { first, _ in first }
    }

    /// Takes up what was measured at a place, each place once.
    mutating func add(_ totals: MeasurementTotals, at place: Measurement.Place) {
        guard !totals.isEmpty else { return }
        if !place.ambition.isEmpty {
            byIndicator[place.indicator]?.byAmbition[place.ambition, default: MeasurementTotals()].add(totals)
        }
        if !place.project.isEmpty {
            byIndicator[place.indicator]?.byProject[place.project, default: []].append((place.ambition, totals))
        }
    }

    /// What counts for a target: of the ambition itself, and of its projects, each measurement once.
    ///
    /// - Parameters:
    ///   - indicator: one of those that were said.
    ///   - ambition: whose target it is.
    ///   - projects: those that are linked to it.
    /// - Returns: all of it, taken together.
    func totals(of indicator: String, for ambition: String, linked projects: Set<String>) -> MeasurementTotals {
        guard let measured = byIndicator[indicator] else { return MeasurementTotals() }
        var all = measured.byAmbition[ambition] ?? MeasurementTotals()
        func add(_ found: [(ambition: String, totals: MeasurementTotals)]) {
            for (named, totals) in found where named != ambition { all.add(totals) }
        }
        if projects.count < measured.byProject.count {
            for project in projects { add(measured.byProject[project] ?? []) }
        } else {
            for (project, found) in measured.byProject where projects.contains(project) { add(found) }
        }
        return all
    }
}
