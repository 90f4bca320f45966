package import AgendaModel
package import EventLog

/// Who set the fields of a subject: every register with the events behind its heads.
package struct Blame: Hashable, Sendable {
    /// The event behind a head.
    package struct Write: Hashable, Sendable {
        /// nil for one that has not been sent.
        package var position: Position?
        package var counter: Counter
        /// `<kind>.<verb>`.
        package var type: String
        package var author: Author
        /// What the device's clock said.
        package var deviceTime: Timestamp
        /// nil for one that has not been sent.
        package var recordedTime: Timestamp?
        package var value: FieldValue
    }

    package struct Field: Hashable, Sendable {
        /// RFC 6901 pointer.
        package var path: String
        package var isConflict: Bool
        /// The one that is shown comes first.
        package var writes: [Write]
    }

    /// `<kind>/<id>`.
    package var subject: String
    /// In the order of the paths.
    package var fields: [Field]
    /// What the subject, and the subjects that the values refer to, are called.
    package var titles: [String: String]

    /// - Parameters:
    ///   - subject: whose fields they are.
    ///   - registers: as a state has them.
    ///   - log: the one that the state was folded from.
    ///   - pending: the events that were laid over the state.
    ///   - naming: what subjects and authors are called.
    /// - Throws: what the log and the naming throw.
    package init(
        of subject: String,
        _ registers: [Register],
        in log: any LogReader,
        pending: [[UInt8]] = [],
        _ naming: Naming
    ) throws {
        let events = try HeadWrites(of: registers.flatMap(\.heads), in: log, pending: pending)
        self.subject = subject
        fields = try registers.map { register in
            let writes = try register.heads.map { head in
                let event = try events.write(of: head)
                return Write(
                    position: head.position == .afterEverything ? nil : head.position,
                    counter: head.counter,
                    type: event.type,
                    author: try naming.author(of: head.source),
                    deviceTime: event.attributes.time,
                    recordedTime: event.attributes.recordedTime,
                    value: FieldValue(head)
                )
            }
            return Field(path: register.path, isConflict: register.isConflict, writes: writes)
        }
        let values = fields.flatMap { field in
            field.writes.map { FieldChange(path: field.path, after: $0.value, written: $0.value) }
        }
        titles = try naming.titles(for: subject, values)
    }
}
