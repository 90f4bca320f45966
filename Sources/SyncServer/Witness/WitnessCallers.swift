internal import AgendaModel
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import SyncProtocol

/// Who calls a witness, by address: each may ask so often, and less often for what is refused.
///
/// Nobody who calls has a token, and everything that is sent here is checked at some cost.
struct WitnessCallers: Sendable {
    /// In the form of `RemoteAddress.text`.
    let trustedProxies: Set<String>
    private let rates: RateLimiter

    /// A server has a log's checkpoints cosigned one after the other, for each of its logs.
    static let rate = Rate(perSecond: 100, burst: 2000)
    /// So much more a submission costs that is refused.
    static let failureCost = 19.0

    /// - Parameters:
    ///   - proxies: the addresses of proxies in front.
    ///   - elapsed: the time since some moment, which never goes back.
    init(trusting proxies: [String], elapsed: @escaping @Sendable () -> Duration) {
        trustedProxies = Set(proxies.compactMap(RemoteAddress.address).map(RemoteAddress.text))
        rates = RateLimiter(Rates([.publicRead: Self.rate]), now: elapsed)
    }

    /// By what name the requests of whoever sent this one are counted together.
    func address(of request: Request, peer: SocketAddress?) -> String {
        RemoteAddress.key(peer: peer, request.headers, trusting: trustedProxies)
    }

    /// Counts a request.
    ///
    /// - Throws: `rate-limited`.
    func count(_ address: String) throws(ProblemDetails) { try rates.take(.publicRead, of: address) }

    /// Counts a submission that was refused once more.
    func countFailure(of address: String) { rates.charge(.publicRead, of: address, cost: Self.failureCost) }

    /// Whether an answer to a submission says that it should not have been sent.
    ///
    /// That the witness has seen another size is said to everybody who has just begun.
    static func isFailure(_ status: HTTPResponse.Status) -> Bool {
        status.kind == .clientError && status != .conflict
    }
}
