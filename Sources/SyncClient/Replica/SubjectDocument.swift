/// A subject with its document.
public struct SubjectDocument: Hashable, Sendable {
    /// Kind and id: `<kind>/<id>`.
    public var subject: String
    /// JSON in JCS form (RFC 8785).
    public var document: String
    /// RFC 6901 pointers of the values that were erased, where that was asked for: the document leaves them out.
    public var erased: [String]

    /// A document as a replica shows it.
    public init(subject: String, document: String, erased: [String] = []) {
        self.erased = erased
        self.subject = subject
        self.document = document
    }
}
