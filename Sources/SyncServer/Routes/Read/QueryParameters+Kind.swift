internal import AgendaModel
internal import SyncProtocol

extension QueryParameters {
    /// The kind of subjects that is asked for; nil for all.
    ///
    /// - Throws: `bad-request` for one that the catalogue does not have.
    func kind() throws(ProblemDetails) -> String? {
        guard let kind = self["kind"] else { return nil }
        guard Catalogue.current.kind(named: kind) != nil else {
            throw ProblemDetails(.badRequest, "The catalogue has no such kind as `kind` asks for.")
        }
        return kind
    }
}
