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
    /// How many there are in `items`.
    private var count = 0

    /// Those of a kind that refer to a subject.
    func of(_ target: String, kind: String) -> [Item] { items[target]?[kind] ?? [] }

    /// Takes in what comes behind all others of its kind.
    mutating func append(_ item: Item, of kind: String, to target: String) {
        let last = items[target]?[kind]?.last
        guard last?.subject != item.subject else { return }
        items[target, default: [:]][kind, default: []].append(item)
        count += 1
    }

    mutating func insert(_ item: Item, of kind: String, to target: String) {
        let (place, isThere) = Self.place(of: item.subject, in: of(target, kind: kind))
        guard !isThere else { return }
        items[target, default: [:]][kind, default: []].insert(item, at: place)
        targets[item.subject, default: []].append(target)
        count += 1
    }

    /// Forgets what subjects refer to.
    ///
    /// Costs no more than looking at everything once, however many they are.
    mutating func remove(_ subjects: Set<String>) {
        var others: Set<String> = []
        for subject in subjects {
            if let known = targets.removeValue(forKey: subject) {
                for target in known { remove(subject, from: target) }
            } else {
                others.insert(subject)
            }
        }
        guard others.count * items.count > count else {
            for target in Array(items.keys) { for subject in others { remove(subject, from: target) } }
            return
        }
        let kinds = Set(others.map(\.kindPart))
        for (target, all) in items {
            for (kind, found) in all where kinds.contains(kind) {
                let left = found.filter { !others.contains($0.subject) }
                guard left.count < found.count else { continue }
                items[target]?[kind] = left
                count -= found.count - left.count
            }
        }
    }

    private mutating func remove(_ subject: String, from target: String) {
        let kind = subject.kindPart
        let (place, isThere) = Self.place(of: subject, in: of(target, kind: kind))
        guard isThere else { return }
        items[target]?[kind]?.remove(at: place)
        count -= 1
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
