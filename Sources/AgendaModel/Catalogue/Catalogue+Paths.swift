extension Catalogue {
    /// What stands at a pointer in documents of a kind; nil when nothing may, or the kind is unknown.
    ///
    /// - Parameters:
    ///   - path: RFC 6901 pointer.
    ///   - subject: `<kind>/<id>`, whose document it points into.
    /// - Returns: the form of the value.
    public func form(at path: String, of subject: String) -> Form? {
        kind(named: String(subject.prefix { $0 != "/" }))?.form(at: path)
    }
}

extension Catalogue.Kind {
    /// What stands at a pointer (RFC 6901) in this kind's documents; nil when nothing may.
    public func form(at pointer: String) -> Catalogue.Form? {
        var names = pointer.split(separator: "/", omittingEmptySubsequences: true)[...]
        guard let first = names.popFirst(), var form = field(named: String(first))?.form else { return nil }
        while let name = names.popFirst() {
            switch form {
            case .object(let fields):
                guard let field = fields.first(where: { $0.name == name }) else { return nil }
                form = field.form
            case .map(_, let value): form = value
            default: return nil
            }
        }
        return form
    }
}
