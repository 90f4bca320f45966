internal import AgendaModel
internal import GRDB

/// The totals of the places that some measurements change, beginning with what the file has of them.
struct MeasuredPlaces {
    private let db: Database
    private(set) var totals: [Measurement.Place: MeasurementTotals] = [:]

    init(_ db: Database) { self.db = db }

    /// Takes up that a measurement said one thing and says another; nil = it does not count.
    mutating func change(from old: Measurement?, to new: Measurement?) throws {
        guard old != new else { return }
        if let old, let new, old.place == new.place {
            try update(old.place) { totals in
                let wasLatest = totals.latest?.subject == old.subject
                totals.remove(old)
                let latest = totals.latest
                totals.add(new)
                // What comes before it may be anybody's now.
                if wasLatest, !new.follows(old) {
                    totals.latest = nil
                } else if !wasLatest, latest == nil {
                    totals.latest = nil
                }
            }
            return
        }
        if let old { try update(old.place) { $0.remove(old) } }
        if let new {
            try update(new.place) { totals in
                let isUnknown = totals.latest == nil && !totals.isEmpty
                totals.add(new)
                if isUnknown { totals.latest = nil }
            }
        }
    }

    private mutating func update(_ place: Measurement.Place, _ body: (inout MeasurementTotals) -> Void) throws {
        if totals[place] == nil { totals[place] = try MeasuredRow.totals(at: place, db) ?? MeasurementTotals() }
        body(&totals[place]!)
    }

    /// Looks for the latest of the places where that was taken away.
    ///
    /// - Parameter forEach: calls its body with every measurement that counts; costs what reading them costs.
    mutating func complete(_ forEach: (_ body: (Measurement) -> Void) throws -> Void) rethrows {
        let unknown = Set(totals.filter { !$0.value.isEmpty && $0.value.latest == nil }.keys)
        guard !unknown.isEmpty else { return }
        var latest: [Measurement.Place: Measurement] = [:]
        try forEach { measurement in
            guard unknown.contains(measurement.place) else { return }
            if latest[measurement.place].map(measurement.follows) ?? true { latest[measurement.place] = measurement }
        }
        for place in unknown { totals[place]?.latest = latest[place] }
    }

    /// Puts the totals into the file.
    func write() throws {
        for (place, totals) in totals { try MeasuredRow.write(totals, at: place, db) }
    }
}
