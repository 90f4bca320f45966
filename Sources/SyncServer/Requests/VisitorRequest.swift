internal import SyncProtocol

/// A request about all agendas that its sender may know of.
struct VisitorRequest: Sendable {
    /// As it came in.
    let incoming: IncomingRequest
    let query: QueryParameters
    /// What it may be worked on with.
    let permits: PermitScope
}
