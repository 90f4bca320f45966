public import AgendaModel

/// RFC 9457 problem details: why a request or an event was refused, for programs and people.
public struct ProblemDetails: Codable, Hashable, Sendable, Error {
    /// What kind of problem this is, `/problems/<name>`.
    public var type: String
    /// The kind of problem in words, the same for every problem of the type.
    public var title: String
    /// The HTTP status; nil in a verdict on one event.
    public var status: Int?
    /// What was found, where, and what to do next.
    public var detail: String?
    /// For `ahead-of-log`: the log's size.
    public var size: Int?
    /// For `unsupported-protocol`: the versions that the server speaks.
    public var protocolVersions: [Int]?
    /// For `rate-limited`: the seconds to wait, as in `Retry-After`.
    public var retryAfter: Int?

    /// Problem details of any type, also of one that this version does not know.
    public init(
        type: String,
        title: String,
        status: Int? = nil,
        detail: String? = nil,
        size: Int? = nil,
        protocolVersions: [Int]? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.size = size
        self.protocolVersions = protocolVersions
    }

    /// A problem of a whole request: what was found, followed by what to do next.
    ///
    /// - Parameters:
    ///   - problem: The kind of problem.
    ///   - found: What was found and where, in one or more sentences; no secrets and no personal data.
    public init(_ problem: ProblemType, _ found: String) {
        self.init(
            type: problem.path,
            title: problem.title,
            status: problem.status,
            detail: found.isEmpty ? problem.nextStep : found + " " + problem.nextStep
        )
    }

    /// A problem of a whole request whose detail says everything, what to do next included.
    package init(_ problem: ProblemType, saying detail: String) {
        self.init(type: problem.path, title: problem.title, status: problem.status, detail: detail)
    }

    /// A verdict on one event; the event's problem says itself what to do next.
    public init(_ problem: EventProblem) {
        let type = ProblemType(problem.code)
        self.init(type: type.path, title: type.title, detail: problem.detail)
    }

    /// The kind of problem; nil for a type that this version does not know.
    public var problem: ProblemType? {
        guard type.hasPrefix(ProblemType.pathPrefix) else { return nil }
        return ProblemType(rawValue: String(type.dropFirst(ProblemType.pathPrefix.count)))
    }

    /// The problem in JSON, without the members that are nil.
    public func encoded() -> [UInt8] {
        var json = JSONWriter()
        write(to: &json)
        return json.bytes
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("type", type)
        json.member("title", title)
        if let status { json.member("status", status) }
        if let detail { json.member("detail", detail) }
        if let size { json.member("size", size) }
        if let protocolVersions {
            json.array("protocolVersions", protocolVersions) { $0.integer($1) }
        }
        if let retryAfter { json.member("retryAfter", retryAfter) }
        json.endObject()
    }
}
