internal import Hummingbird
internal import SyncProtocol

/// A request to become a device of an agenda.
///
/// Its body says by what right: that may come from anybody.
struct NewcomerRequest: Sendable {
    /// As it came in.
    let incoming: IncomingRequest
    let query: QueryParameters
    let agenda: HostedAgenda
    /// Whom the agenda takes the sender for.
    let identity: Identity
    /// What it may be worked on with: in the name of a device that the agenda knows, or else of the address.
    let permits: PermitScope

    var request: Request { incoming.request }
}
