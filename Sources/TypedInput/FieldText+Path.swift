package import AgendaModel

extension FieldText {
    /// The value that a text stands for at a place of a subject's document.
    ///
    /// - Parameters:
    ///   - text: as typed; empty = absent.
    ///   - path: RFC 6901 pointer into the document.
    ///   - subject: `<kind>/<id>`, whose document it is.
    ///   - typist: who typed it.
    ///   - resolve: gives the whole subject for a short one, or for words; of a kind, nil = any.
    /// - Returns: the text itself where the catalogue has nothing: no field there can be in a conflict.
    /// - Throws: `InputError` with code `invalidData` for text that is no value of what stands there; what `resolve` throws.
    package static func value(
        _ text: String,
        at path: String,
        of subject: String,
        by typist: Typist,
        resolve: (String, _ kind: String?) throws -> String
    ) throws -> JSONValue {
        guard let form = Catalogue.current.form(at: path, of: subject) else { return .string(text) }
        let field = String(path.split(separator: "/").last ?? "")
        if let value = try value(text, form, of: field, by: typist, resolve: resolve) { return value }
        throw InputError.wrongForm(text, form, of: field, called: path, by: typist)
    }
}
