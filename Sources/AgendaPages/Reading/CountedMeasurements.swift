/// The measurements that count for the targets of one ambition: of itself, or of a project that is linked to it.
///
/// Which these are, and what was measured, is known without reading a document: there may be very many.
struct CountedMeasurements {
    private let referrers: Referrers
    /// Whatever they measure.
    private let subjects: Set<String>

    /// - Parameters:
    ///   - ambition: whose targets they count for.
    ///   - reader: the state.
    init(of ambition: String, _ reader: AgendaReader) {
        referrers = reader.facts.referrers
        // A project refers to an ambition by being linked to it, and in no other way.
        let places = [ambition] + referrers.of(ambition, kind: "project").map(\.subject)
        var subjects: Set<String> = []
        for place in places {
            for item in referrers.of(place, kind: "measurement") { subjects.insert(item.subject) }
        }
        self.subjects = subjects
    }

    /// Those of an indicator that are not voided, sorted by subject.
    func items(of indicator: String) -> [Referrers.Item] {
        referrers.of(indicator, kind: "measurement").filter { !$0.isVoided && subjects.contains($0.subject) }
    }
}
