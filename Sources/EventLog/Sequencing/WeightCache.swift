internal import AgendaModel

/// What subjects hold at most, in bytes, for not weighing the same ones for every push.
struct WeightCache {
    /// About so many subjects are held.
    static let maximumNames = 100_000

    // Two generations: when the young one is full it becomes the old one, and the subjects that nobody wrote to go.
    private var young: [String: Int] = [:]
    private var old: [String: Int] = [:]

    /// nil for a subject of which nothing is known.
    subscript(_ name: String) -> Int? { young[name] ?? old[name] }

    mutating func set(_ bytes: Int, of name: String) {
        if young.count >= Self.maximumNames / 2, young[name] == nil { (old, young) = (young, [:]) }
        young[name] = bytes
    }

    /// Takes in what a commit has added.
    mutating func learn(from batch: Batch) {
        for (name, added) in batch.addedBytes {
            if let weighed = batch.weighedBytes[name] {
                set(weighed, of: name)
            } else if batch.newNames.contains(name) {
                set(added, of: name)
            } else if let known = self[name] {
                set(known + added, of: name)
            }
        }
    }
}
