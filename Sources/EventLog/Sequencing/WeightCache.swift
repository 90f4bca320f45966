internal import AgendaModel

/// What subjects hold at most, in bytes, for not weighing the same ones for every push.
///
/// Everything that has been written to lately is in it. So it can tell what has been added to a subject since something was
/// known of it, also when it has forgotten the subject meanwhile.
struct WeightCache {
    /// About so many subjects are held.
    static let maximumNames = 100_000

    /// What is known of a subject at one moment.
    struct Known: Sendable {
        /// What it holds at most; nil when nobody has weighed it.
        var bytes: Int?
        // The subject's mark, and how much had been added to all subjects.
        fileprivate let mark: Int
        fileprivate let total: Int
    }

    private struct Weight {
        var bytes: Int?
        // Grows by what is added to the subject. For one that comes back it starts at `completeSince`: never below what it was.
        var mark: Int
    }

    // Two generations: when the young one is full it becomes the old one, and the subjects that nobody wrote to go.
    private var young: [String: Weight] = [:]
    private var old: [String: Weight] = [:]
    // What has been added to all subjects, in bytes: tells one moment from a later one.
    private var total = 0
    // Every subject that has been written to since the total was this is in one of the two, or in the young one.
    private var completeSince = 0
    private var youngSince = 0

    /// What is known of a subject now.
    func known(of name: String) -> Known {
        let weight = weight(of: name)
        return Known(bytes: weight.bytes, mark: weight.mark, total: total)
    }

    /// What has been added to a subject since something was known of it: bytes, at most; nil when nobody can tell.
    func added(to name: String, since known: Known) -> Int? {
        guard known.total >= completeSince else { return nil }
        // The mark of one that comes back is far above what it was.
        return (young[name] ?? old[name]).map { min($0.mark - known.mark, total - known.total) } ?? 0
    }

    /// What a subject holds at most.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - known: what was known of it before; nil for nothing.
    /// - Returns: bytes; nil when it is not known.
    func bytes(of name: String, from known: Known?) -> Int? {
        let now = weight(of: name).bytes
        guard let known, let before = known.bytes, let added = added(to: name, since: known) else { return now }
        return min(now ?? .max, before + added)
    }

    private func weight(of name: String) -> Weight {
        young[name] ?? old[name] ?? Weight(bytes: nil, mark: completeSince)
    }

    /// Takes in what a commit has added.
    mutating func learn(from batch: Batch) {
        // Only a commit begins a generation: then no commit is in two of them.
        if young.count + batch.addedBytes.count > Self.maximumNames / 2 {
            (old, completeSince) = (young, youngSince)
            (young, youngSince) = ([:], total)
        }
        for (name, added) in batch.addedBytes {
            var weight = weight(of: name)
            weight.mark += added
            if let weighed = batch.weighedBytes[name] {
                weight.bytes = weighed
            } else {
                weight.bytes = batch.newNames.contains(name) ? added : weight.bytes.map { $0 + added }
            }
            young[name] = weight
        }
        total += batch.addedBytes.values.reduce(0, +)
    }

    /// Takes in what a subject was found to hold, after so much was known of it.
    mutating func learn(_ known: Known, of name: String) {
        guard young[name] != nil || young.count < Self.maximumNames / 2, let bytes = bytes(of: name, from: known) else {
            return
        }
        var weight = weight(of: name)
        weight.bytes = bytes
        young[name] = weight
    }

    /// Forgets everything: others may have written.
    mutating func forget() {
        (young, old) = ([:], [:])
        total += 1
        (completeSince, youngSince) = (total, total)
    }
}
