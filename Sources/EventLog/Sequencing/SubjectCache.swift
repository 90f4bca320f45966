/// Subjects that are known to exist, for not asking the store about the same ones again.
///
/// Subjects never go away, so what is in here stays true.
struct SubjectCache {
    /// At most this many names are held.
    static let maximumNames = 200_000

    // Two generations: when the young one is full it becomes the old one, and the names that nobody asked for go.
    private var young: Set<String> = []
    private var old: Set<String> = []

    mutating func contains(_ name: String) -> Bool {
        if young.contains(name) { return true }
        guard old.contains(name) else { return false }
        insert(name)
        return true
    }

    mutating func insert(_ name: String) {
        if young.count >= Self.maximumNames / 2 {
            old = young
            young = []
        }
        young.insert(name)
    }
}
