internal import Hummingbird

/// A request to become a device of an agenda.
///
/// Its body says by what right: who asks, and in whose name a permit is taken, is only known when that has arrived.
struct NewcomerRequest: Sendable {
    /// As it came in.
    let incoming: IncomingRequest
    let agenda: HostedAgenda
    /// Whom the agenda takes the sender for.
    let identity: Identity
    /// The permits of a client, once it is known who that is.
    let permits: @Sendable (ConcurrencyLimiter.Client) -> PermitScope

    var request: Request { incoming.request }
}
