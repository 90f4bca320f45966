internal import AgendaModel

/// Which subjects refer to which.
struct Referrers: Sendable {
    /// One that refers to another.
    struct Item: Sendable {
        var subject: String
        /// Of a measurement, or on which a milestone is due, as the number `YYYYMMDD`; 0 for what has no day.
        var day: Int32
        /// Of a measurement.
        var isVoided = false
        /// Of a measurement; not a number for what has none.
        var value = Double.nan
    }

    /// By what is referred to and by kind, sorted bytewise.
    private var items: [String: [String: [Item]]] = [:]
    /// What some of them refer to: those that changed since everything was read.
    private var targets: [String: [String]] = [:]

    /// Those of a kind that refer to a subject.
    func of(_ target: String, kind: String) -> [Item] { items[target]?[kind] ?? [] }

    /// Takes in what comes behind all others of its kind.
    mutating func append(_ item: Item, of kind: String, to target: String) {
        let last = items[target]?[kind]?.last
        if last?.subject != item.subject { items[target, default: [:]][kind, default: []].append(item) }
    }

    mutating func insert(_ item: Item, of kind: String, to target: String) {
        let (place, isThere) = Self.place(of: item.subject, in: of(target, kind: kind))
        guard !isThere else { return }
        items[target, default: [:]][kind, default: []].insert(item, at: place)
        targets[item.subject, default: []].append(target)
    }

    /// Forgets what a subject refers to.
    mutating func remove(_ subject: String) {
        let kind = subject.kindPart
        for target in targets.removeValue(forKey: subject) ?? Array(items.keys) {
            let (place, isThere) = Self.place(of: subject, in: of(target, kind: kind))
            if isThere { items[target]?[kind]?.remove(at: place) }
        }
    }

    private static func place(of subject: String, in items: [Item]) -> (index: Int, isThere: Bool) {
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle].subject < subject { low = middle + 1 } else { high = middle }
        }
        return (low, low < items.count && items[low].subject == subject)
    }
}

extension Referrers.Item {
    /// A day as documents have it, `YYYY-MM-DD`.
    static func text(ofDay day: Int32) -> String {
        let digits = String(day)
        let padded = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        return "\(padded.prefix(4))-\(padded.dropFirst(4).prefix(2))-\(padded.suffix(2))"
    }
}
