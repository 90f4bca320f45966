internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

/// A request as it came in: what its head says is read once, here.
struct IncomingRequest: Sendable {
    /// Its body may not have arrived yet.
    let request: Request
    /// The parts of its path.
    let path: PathParameters
    /// Empty where nobody looks at the query.
    let query: Result<QueryParameters, ProblemDetails>
    let sender: RequestSender
    let connection: Connection

    /// - Parameters:
    ///   - request: as the connection gives it.
    ///   - route: says which query parameters there may be.
    ///   - path: the parts of its path.
    ///   - sender: who sends it.
    ///   - connection: that it came over.
    init(
        _ request: Request,
        for route: Route,
        path: PathParameters,
        from sender: RequestSender,
        over connection: Connection
    ) {
        self.request = request
        self.path = path
        let text = route.query == nil ? nil : request.uri.query
        query = Result { () throws(ProblemDetails) in try QueryParameters(text, known: route.query ?? []) }
        self.sender = sender
        self.connection = connection
    }

    /// How the bytes of the answer may be compressed.
    var acceptedCoding: ContentCoding { ContentCoding.negotiated(request.headers[.acceptEncoding]) }

    var credentials: Credentials { sender.credentials }

    /// By what name the requests of its sender are counted together, if it comes without a good token.
    var address: String { sender.address }

    /// As how many requests one counts that takes much.
    static let costOfMuch = 10.0

    /// Whether the answer may take folding the log once more, or reading all that is folded from it.
    var takesMuch: Bool {
        guard let query = try? query.get() else { return false }
        return ["at", "q", "since"].contains { query[$0]?.isEmpty == false }
    }
}
