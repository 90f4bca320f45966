package import AgendaModel

extension JSONValue {
    /// Reads a document of a state, or a value of one.
    ///
    /// What is stored is JSON, so whatever cannot be read is a fault to be told. It is never a document without anything in it.
    ///
    /// - Parameter bytes: in JCS form.
    /// - Throws: `inputOutput`, also for one that is longer than JSON is read.
    package init(folded bytes: [UInt8]) throws(ProjectionError) {
        do throws(EventProblem) {
            try self.init(parsing: bytes)
        } catch {
            throw ProjectionError(.inputOutput, "what the state holds of a subject cannot be read: \(error.detail)")
        }
    }
}
