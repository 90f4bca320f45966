internal import SyncProtocol

/// A request about all agendas that its sender may know of.
struct VisitorRequest: Sendable {
    /// As it came in.
    let incoming: IncomingRequest
    let query: QueryParameters
    /// Who asks: a device of some agenda, or anybody.
    let sender: Reader
    /// What it may be worked on with.
    let permits: PermitScope
}
