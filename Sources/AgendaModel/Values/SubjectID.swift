/// The name of a subject of one kind: `<kind>/<id>`.
public protocol SubjectID: Identifier {
    /// The kind, and the slash behind it.
    static var prefix: String { get }
}

extension SubjectID {
    /// Takes what a person wrote: the whole name, or the id alone.
    ///
    /// Whether it is one by its grammar, and whether there is such a subject, is for the log to say.
    public init(written text: String) { self.init(unchecked: text.contains("/") ? text : Self.prefix + text) }
}
