internal import AgendaModel
internal import Projections

/// The measurements that count for the targets of one ambition: of itself, or of a project that is linked to it.
///
/// Which these are is read once for all its targets: there may be thousands of both.
struct CountedMeasurements {
    private let reader: AgendaReader
    /// Whatever they measure.
    private let subjects: Set<String>

    /// - Parameters:
    ///   - ambition: whose targets they count for.
    ///   - reader: the state.
    /// - Throws: what reading throws.
    init(of ambition: String, _ reader: AgendaReader) throws {
        self.reader = reader
        let linked = try reader.referrers(of: ambition, kind: "project").filter {
            $0.document["ambitions"]?[ambition] == true
        }
        var subjects: Set<String> = []
        for place in [ambition] + linked.map(\.subject) {
            for item in reader.facts.referrers.of(place, kind: "measurement") { subjects.insert(item.subject) }
        }
        self.subjects = subjects
    }

    /// Those of an indicator that are not voided, sorted by subject.
    func documents(of indicator: String) throws -> [(subject: String, document: JSONValue)] {
        let counted = reader.facts.referrers.of(indicator, kind: "measurement").map(\.subject)
            .filter(subjects.contains)
        return try reader.documents(counted.sorted()).filter { $0.document["voided"] != true }
    }
}
