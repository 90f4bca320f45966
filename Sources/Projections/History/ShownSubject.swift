package import AgendaModel

/// What a subject's document has, field by field.
package struct ShownSubject: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        /// RFC 6901 pointer.
        package var path: String
        package var value: FieldValue
    }

    /// `<kind>/<id>`.
    package var subject: String
    /// In the order of the paths; what is absent is not among them.
    package var fields: [Field]
    /// What the subject, and the subjects that the values refer to, are called.
    package var titles: [String: String]

    /// - Parameters:
    ///   - subject: whose fields they are.
    ///   - registers: as a state has them.
    ///   - naming: what subjects are called.
    /// - Throws: what the naming throws.
    package init(_ subject: String, registers: [Register], naming: Naming) throws {
        self.subject = subject
        let hasReason = registers.hasReasonThatHolds
        fields = registers.map { Field(path: $0.path, value: FieldValue($0.heads.first)) }
            .filter { $0.value != .absent && (hasReason || $0.path != "/reason") }
        titles = try naming.titles(
            for: subject,
            fields.map { FieldChange(path: $0.path, after: $0.value, written: $0.value) }
        )
    }
}
