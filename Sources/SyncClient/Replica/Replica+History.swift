package import EventLog
package import Projections

extension Replica {
    /// Reads the state of the verified log together with the log.
    ///
    /// - Parameter body: is given a snapshot without what is pending, and the log, which has at least its entries.
    /// - Returns: what the body returns.
    /// - Throws: `ReplicaError`.
    package func readVerified<Value>(
        _ body: (StateView, any LogStore) throws -> Value
    ) throws(ReplicaError) -> Value {
        let state = try state()
        return try performing("reading the history") { try state.read { try body($0, store) } }
    }
}
