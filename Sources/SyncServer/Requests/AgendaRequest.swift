internal import Hummingbird
internal import SyncProtocol

/// A request about an agenda, whose sender may ask it.
struct AgendaRequest<Sender: Sendable>: Sendable {
    /// As it came in.
    let incoming: IncomingRequest
    let query: QueryParameters
    let agenda: HostedAgenda
    /// Who asks.
    let sender: Sender
    /// What it may be worked on with.
    let permits: PermitScope

    var request: Request { incoming.request }
    var path: PathParameters { incoming.path }
}

/// A request of a device whose member has the route's right.
typealias MemberRequest = AgendaRequest<Caller>

/// A request of somebody who may read the route's part of the agenda.
typealias ReaderRequest = AgendaRequest<Reader>
