package import AgendaModel

/// The entries that one signature of a device covers, in the order of the log.
package struct CoveredEntries: Sendable {
    /// The counter of the first; nil when there is none.
    package private(set) var from: Counter?
    /// The counter of the last; nil when there is none.
    package private(set) var through: Counter?
    /// How many there are.
    package private(set) var count = 0
    private var leaves = Hasher256()

    package init() {}

    /// Adds the next one.
    package mutating func add(_ counter: Counter, leaf: Hash) {
        if from == nil { from = counter }
        through = counter
        count += 1
        leaf.withUnsafeBytes { leaves.update($0.assumingMemoryBound(to: UInt8.self)) }
    }

    /// SHA-256 over the leaf hashes, one after the other.
    package var digest: Hash { leaves.finish() }
}
