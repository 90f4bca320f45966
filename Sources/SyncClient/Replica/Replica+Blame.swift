package import AgendaModel
internal import EventLog
package import Projections

extension Replica {
    /// What a subject has, field by field, with what is pending laid over the log.
    ///
    /// - Parameter subject: its whole name.
    /// - Returns: the fields, with what the subjects in them are called.
    /// - Throws: `ReplicaError`: `unknownSubject`, or one about files.
    package func shown(_ subject: String) throws(ReplicaError) -> ShownSubject {
        let found = try overlaid { view in
            try view.exists(subject)
                ? ShownSubject(subject, registers: view.registers(of: subject), naming: view.naming) : nil
        }
        guard let found else { throw .unknownSubject(subject) }
        return found
    }

    /// Who set each field of a subject, with what is pending laid over the log.
    ///
    /// - Parameter subject: its whole name.
    /// - Returns: the fields, and the size of the log that they hold for.
    /// - Throws: `ReplicaError`: `unknownSubject`, or one about files.
    package func blame(_ subject: String) throws(ReplicaError) -> (Blame, LogSize) {
        let state = try state()
        let found = try performing("reading the fields of \(subject)") { () -> (Blame, LogSize)? in
            let pending = try unsynced()
            return try state.read(pending: pending) { view in
                guard try view.exists(subject) else { return nil }
                let registers = try view.registers(of: subject)
                return (try Blame(of: subject, registers, in: store, pending: pending, view.naming), view.size)
            }
        }
        guard let found else { throw .unknownSubject(subject) }
        return found
    }
}
