internal import AgendaModel

/// Subjects that are known to exist, for not asking the store about the same ones again; among them all that have come to be
/// lately.
///
/// Subjects never go away as long as the log only grows, so what is in here stays true.
struct SubjectCache {
    /// About so many names are held.
    static let maximumNames = 200_000

    // Two generations: when the young one is full it becomes the old one, and the names that nobody asked for go.
    private var young: Set<String> = []
    private var old: Set<String> = []
    // Every subject that has come to be since the log had so many entries is in one of the two, or in the young one.
    private var completeSince: LogSize
    private var youngSince: LogSize

    /// - Parameter size: the log's, of whose subjects nothing is known.
    init(at size: LogSize) { (completeSince, youngSince) = (size, size) }

    /// Whether every subject is in here that has come to be since the log had so many entries.
    func isComplete(since size: LogSize) -> Bool { size >= completeSince }

    mutating func contains(_ name: String) -> Bool {
        if young.contains(name) { return true }
        guard old.contains(name) else { return false }
        insert(name)
        return true
    }

    mutating func insert(_ name: String) {
        // Only a commit begins a generation: then no commit is in two of them.
        if young.count < Self.maximumNames / 2 { young.insert(name) }
    }

    /// Takes in the subjects of a commit that goes on from a log of this size.
    mutating func learn(_ names: Set<String>, from size: LogSize) {
        if young.count + names.count > Self.maximumNames / 2 {
            (old, completeSince) = (young, youngSince)
            (young, youngSince) = ([], size)
        }
        young.formUnion(names)
    }

    /// Says that others may have made subjects, before the log had so many entries.
    mutating func missed(upTo size: LogSize) { (completeSince, youngSince) = (size, size) }
}
