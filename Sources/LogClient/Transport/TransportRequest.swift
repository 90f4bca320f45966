/// One request to an agenda's address, as a `Transport` carries it.
public struct TransportRequest: Hashable, Sendable {
    /// `GET`, `POST` or `DELETE`.
    public var method: String
    /// Path and query below the agenda's address: empty, or beginning with `/`.
    public var path: String
    /// Names in any case; at most one value each.
    public var headers: [String: String]
    /// Empty for all but `POST`.
    public var body: [UInt8]
    /// How long the head of the answer may take.
    public var headTimeout: Duration
    /// How long the answer's body may pause.
    public var idleTimeout: Duration
    /// The least that the answer's body must bring; nil for answers that may take any time.
    public var pace: TransferPace?

    /// A request that has a minute for the head of its answer, unless told otherwise.
    public init(
        method: String = "GET",
        path: String,
        headers: [String: String] = [:],
        body: [UInt8] = [],
        headTimeout: Duration = .seconds(60),
        idleTimeout: Duration = .seconds(30),
        pace: TransferPace? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.headTimeout = headTimeout
        self.idleTimeout = idleTimeout
        self.pace = pace
    }
}
