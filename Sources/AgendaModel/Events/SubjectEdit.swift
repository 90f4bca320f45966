/// What somebody wants to have in a subject's document, whichever events that takes.
package struct SubjectEdit: Hashable, Sendable {
    /// A value at a place of the document.
    package struct Write: Hashable, Sendable {
        /// Names of members from the outside in.
        package var names: [String]
        /// `null` removes.
        package var value: JSONValue

        package init(names: [String], value: JSONValue) {
            self.names = names
            self.value = value
        }
    }

    /// nil for one that is to be made.
    package var subject: String?
    package var kind: String
    package var writes: [Write]

    package init(subject: String?, kind: String, writes: [Write]) {
        self.subject = subject
        self.kind = kind
        self.writes = writes
    }
}
