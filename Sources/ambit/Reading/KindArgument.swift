import AgendaModel

/// A kind that somebody names.
enum KindArgument {
    /// - Throws: `Failure` for a kind that the catalogue does not have.
    static func check(_ kind: String?) throws {
        guard let kind, Catalogue.current.kind(named: kind) == nil else { return }
        let kinds = Catalogue.current.kinds.map(\.name).joined(separator: ", ")
        throw Failure("There is no kind \"\(kind)\". The kinds are: \(kinds).", code: "invalid-data")
    }
}
