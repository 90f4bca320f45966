package import AgendaModel

/// An event as somebody typed it, to be recorded.
package struct TypedEvent: Sendable {
    package var type: String
    /// nil for types that create one.
    package var subject: String?
    package var data: JSONValue

    package init(type: String, subject: String?, data: JSONValue) {
        self.type = type
        self.subject = subject
        self.data = data
    }
}
