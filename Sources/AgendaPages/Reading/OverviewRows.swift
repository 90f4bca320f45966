internal import AgendaModel
internal import Projections

/// All that the overview has a place for, in the order in which it is shown.
///
/// Found once for a state: a page of the overview reads no more than what is on it.
struct OverviewRows: Sendable {
    /// A target; an ambition that has none; or a theme without ambitions.
    struct Row: Sendable {
        var theme: String
        var ambition: String?
        /// Its place among all targets.
        var target: Int?
    }

    private(set) var rows: [Row] = []
    /// How many themes there are in all rows together.
    private(set) var themes = 0
    private(set) var ambitions = 0
    private(set) var targets = 0

    init() {}

    /// - Parameters:
    ///   - view: the state; its themes are read.
    ///   - referrers: of the same state.
    ///   - ranges: where the targets of each ambition stand among all.
    /// - Throws: what reading throws.
    init(_ view: StateView, _ referrers: Referrers, targets ranges: [String: Range<Int>]) throws {
        var found: [(subject: String, order: Double, title: String)] = []
        try view.forEachDocument(kind: "theme") { subject, document in
            let values = try JSONValue(folded: document)
            found.append((subject, values["order"]?.double ?? .infinity, values["title"]?.text ?? ""))
            return true
        }
        found.sort { ($0.order, $0.title) < ($1.order, $1.title) }
        for theme in found {
            add(theme.subject, referrers.of(theme.subject, kind: "ambition").map(\.subject), targets: ranges)
        }
    }

    /// Adds a theme: first its ambitions that have targets, then the others.
    private mutating func add(_ theme: String, _ ambitions: [String], targets ranges: [String: Range<Int>]) {
        for ambition in ambitions {
            for target in ranges[ambition] ?? 0..<0 {
                rows.append(Row(theme: theme, ambition: ambition, target: target))
                targets += 1
            }
        }
        for ambition in ambitions where ranges[ambition] == nil { rows.append(Row(theme: theme, ambition: ambition)) }
        if ambitions.isEmpty { rows.append(Row(theme: theme)) }
        themes += 1
        self.ambitions += ambitions.count
    }
}
