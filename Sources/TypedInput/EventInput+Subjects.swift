package import AgendaModel

extension EventInput {
    /// The field of the type's kind with this name.
    package func kindField(_ name: String) -> Catalogue.Field? { kind.field(named: name) }

    /// The subject that somebody means.
    ///
    /// - Parameters:
    ///   - text: its whole name, a short one, or words.
    ///   - kind: the kind that it has to have; nil = that of the type.
    /// - Returns: `<kind>/<id>`.
    /// - Throws: what `resolve` throws.
    package func subject(meaning text: String, of kind: String? = nil) throws -> String {
        try resolve(TypedText.composed(text), kind ?? self.kind.name)
    }
}
