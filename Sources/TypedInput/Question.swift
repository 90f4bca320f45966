package import AgendaModel

/// A field that somebody is asked for.
package struct Question: Sendable {
    /// The field's name, with those of the fields that it is part of; `key=` of its `key=value`.
    ///
    /// nil where a subject has to be named first, whose part of a map it is.
    package let key: String?
    package let field: Catalogue.Field
    /// Whether there is no event without it.
    package let isRequired: Bool
}
