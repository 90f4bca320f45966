package import AgendaModel

/// Where a server finds its agendas.
///
/// Asked again for names that it did not have before, so that agendas may appear while the server runs.
package protocol AgendaSource: Sendable {
    /// The names of all agendas that there are now, in any order.
    func names() throws -> [AgendaName]

    /// Opens an agenda for the only server that may write to it; nil when there is none of that name.
    func open(_ name: AgendaName) throws -> OpenedAgenda?
}
