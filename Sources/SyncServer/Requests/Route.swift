internal import HTTPTypes
internal import Hummingbird

/// One thing that the server does: at which address, for whom, and under which permit.
struct Route: Sendable {
    /// GET answers HEAD too.
    let method: HTTPRequest.Method
    let path: PathTemplate
    /// The query parameters that it takes; nil where nobody looks at the query.
    let query: Set<String>?
    let audience: Audience
    /// Whether it may write while the server is being put back from a backup.
    let restores: Bool
    /// Whether the query says with `after` how many entries the sender has.
    let saysSize: Bool
    /// What the server's log says, at notice, when somebody has done it; nil for what is of no interest there.
    let note: String?
    /// What the parts of the path must be besides: the address does not exist otherwise.
    let exists: @Sendable (PathParameters) -> Bool

    init(
        _ method: HTTPRequest.Method,
        _ path: PathTemplate,
        query: Set<String>? = nil,
        for audience: Audience,
        restores: Bool = false,
        saysSize: Bool = false,
        noting note: String? = nil,
        exists: @escaping @Sendable (PathParameters) -> Bool = { _ in true }
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.audience = audience
        self.restores = restores
        self.saysSize = saysSize
        self.note = note
        self.exists = exists
    }

    /// Who may ask, for which class of work, and what answers them.
    enum Audience: Sendable {
        /// Whoever runs the server; counted for the address, apart from all else.
        case operators(Handler<IncomingRequest>)
        /// Anybody; counted for the address.
        case everybody(Handler<IncomingRequest>)
        /// Whoever has a token of some agenda, and anybody without one.
        case visitors(Work, Handler<VisitorRequest>)
        /// Whoever has an invite, or a token of the agenda.
        case newcomers(Work, Handler<NewcomerRequest>)
        /// Devices of the agenda, and anybody where this part of it is open.
        case readers(of: AgendaPart, Work?, Handler<ReaderRequest>)
        /// Devices whose member has this right.
        case members(Right, Work, Handler<MemberRequest>)
    }

    typealias Work = ConcurrencyLimiter.Work
    /// A method of the service.
    typealias Handler<Asked> = @Sendable (SyncService) -> @Sendable (Asked) async throws -> Response

    /// Whether a request with this method is for this route.
    func takes(_ method: HTTPRequest.Method) -> Bool {
        method == self.method || (method == .head && self.method == .get)
    }
}
