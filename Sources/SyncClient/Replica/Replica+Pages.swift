package import AgendaModel
internal import EventLogSQLite
package import Projections

extension Replica {
    /// Reads the state with what is pending laid over it.
    ///
    /// Nothing else of the replica may be called within: it reads snapshots of its own.
    ///
    /// - Parameter body: gets the view, and the counters of the events that are laid over it, in the order of recording.
    /// - Returns: what the body returns.
    /// - Throws: `ReplicaError`.
    package func reading<Value>(_ body: (StateView, [Counter]) throws -> Value) throws(ReplicaError) -> Value {
        let state = try state()
        let items = try items(store.outbox.pending)
        return try performing("reading the state") {
            try state.read(pending: items.map(\.event)) { try body($0, items.map(\.counter)) }
        }
    }

    /// Whether its files are still where they were when it was opened.
    package var isThere: Bool { files.exists(files.log) }

    /// The member's role as far as this replica knows.
    ///
    /// - Throws: `ReplicaError`.
    package func role() throws(ReplicaError) -> Role? {
        let state = try state()
        return try performing("reading the member's role") { try currentRole(in: state) }
    }
}
