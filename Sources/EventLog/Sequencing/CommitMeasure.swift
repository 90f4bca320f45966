/// What a commit took, for whoever watches a server.
package struct CommitMeasure: Hashable, Sendable {
    /// Until the store said that it was done.
    package var duration: Duration
    /// How many entries were added.
    package var entries: Int
}
