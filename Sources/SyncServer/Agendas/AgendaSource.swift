/// Where a server finds its agendas.
///
/// Asked again for names that it did not have before, so that agendas may appear while the server runs.
package protocol AgendaSource: Sendable {
    /// The names of all agendas that there are now, in any order.
    func names() throws -> [String]

    /// Opens an agenda for the only server that may write to it; nil when there is none of that name.
    ///
    /// The name has been checked by `AgendaName.isValid`: it is safe as the name of a folder.
    func open(_ name: String) throws -> OpenedAgenda?
}
