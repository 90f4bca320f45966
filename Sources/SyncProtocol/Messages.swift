/// The protocol's version and the names of its headers and media types.
public enum ProtocolConstants {
    public static let version = 1
    public static let versionHeader = "Ambit-Protocol"
    public static let nextHeader = "Ambit-Next"
    public static let sizeHeader = "Ambit-Size"
    public static let ndjson = "application/x-ndjson"
    public static let members = "application/gzip"
    public static let problem = "application/problem+json"
}

/// Limits on everything that comes from outside; published in `GET /agendas/<name>`, checked on both sides.
public struct Limits: Codable, Hashable, Sendable {
    public var eventBytes = 60_000
    public var pushEvents = 10_000
    public var pushCompressedBytes = 8 * 1024 * 1024
    public var pushInflatedBytes = 64 * 1024 * 1024
    public var inflateRatio = 200
    public var pullEntries = 65_536
    public var waitSeconds = 60
    public init() {}
    public static let standard = Limits()
}

public struct AgendaList: Codable, Hashable, Sendable {
    public var agendas: [Item]
    public struct Item: Codable, Hashable, Sendable {
        public var name: String
        public var title: String
        public var size: Int
        public init(name: String, title: String, size: Int) {
            self.name = name
            self.title = title
            self.size = size
        }
    }
    public init(agendas: [Item]) { self.agendas = agendas }
}

public struct AgendaDescription: Codable, Hashable, Sendable {
    public var name: String
    public var title: String
    public var origin: String
    public var verifierKey: String
    public var size: Int
    public var protocolVersions: [Int]
    public var limits: Limits
    public init(
        name: String, title: String, origin: String, verifierKey: String, size: Int, protocolVersions: [Int],
        limits: Limits
    ) {
        self.name = name
        self.title = title
        self.origin = origin
        self.verifierKey = verifierKey
        self.size = size
        self.protocolVersions = protocolVersions
        self.limits = limits
    }
}

public struct EnrolmentRequest: Codable, Hashable, Sendable {
    public var invite: String
    /// The person's name.
    public var member: String
    /// The laptop's name.
    public var device: String
    /// Ed25519 public key, base64.
    public var key: String?
    public init(invite: String, member: String, device: String, key: String?) {
        self.invite = invite
        self.member = member
        self.device = device
        self.key = key
    }
}

public struct EnrolmentAnswer: Codable, Hashable, Sendable {
    /// `device/<id>`
    public var device: String
    public var token: String
    /// `member/<id>`
    public var member: String
    public var role: String
    public var origin: String
    public var verifierKey: String
    public init(device: String, token: String, member: String, role: String, origin: String, verifierKey: String) {
        self.device = device
        self.token = token
        self.member = member
        self.role = role
        self.origin = origin
        self.verifierKey = verifierKey
    }
}

public struct PushAnswer: Codable, Hashable, Sendable {
    public var size: Int
    public var checkpoint: String
    public var recordedtime: String
    public var accepted: [VerdictRun]
    public var duplicate: [VerdictRun]
    public var rejected: [Rejected]

    /// Events with consecutive counters at consecutive positions.
    public struct VerdictRun: Codable, Hashable, Sendable {
        public var first: String
        public var last: String
        public var position: Int
        public init(first: String, last: String, position: Int) {
            self.first = first
            self.last = last
            self.position = position
        }
    }

    public struct Rejected: Codable, Hashable, Sendable {
        /// The event's `id`; missing when the line was too broken to say.
        public var id: String?
        /// 1-based line of the push body.
        public var line: Int
        public var problem: ProblemDetails
        public init(id: String?, line: Int, problem: ProblemDetails) {
            self.id = id
            self.line = line
            self.problem = problem
        }
    }

    public init(
        size: Int, checkpoint: String, recordedtime: String, accepted: [VerdictRun], duplicate: [VerdictRun],
        rejected: [Rejected]
    ) {
        self.size = size
        self.checkpoint = checkpoint
        self.recordedtime = recordedtime
        self.accepted = accepted
        self.duplicate = duplicate
        self.rejected = rejected
    }
}

/// RFC 9457 problem details.
public struct ProblemDetails: Codable, Hashable, Sendable, Error {
    /// `/problems/<name>`
    public var type: String
    public var title: String
    public var status: Int?
    public var detail: String?
    /// For `ahead-of-log`: the log's size.
    public var size: Int?
    /// For `unsupported-protocol`: the versions that the server speaks.
    public var protocolVersions: [Int]?
    public init(
        type: String, title: String, status: Int? = nil, detail: String? = nil, size: Int? = nil,
        protocolVersions: [Int]? = nil
    ) {
        self.type = type
        self.title = title
        self.status = status
        self.detail = detail
        self.size = size
        self.protocolVersions = protocolVersions
    }
}

/// The catalogue of problems: `/problems/<name>`, each with an HTTP status, a title, and what to do next.
public enum ProblemType: String, CaseIterable, Sendable {
    // Verdicts on one event; their names are those of AgendaModel's EventProblem.Code.
    case malformedEvent = "malformed-event"
    case unknownType = "unknown-type"
    case invalidData = "invalid-data"
    case unknownSubject = "unknown-subject"
    case unknownReference = "unknown-reference"
    case wrongIdentity = "wrong-identity"
    case identityReused = "identity-reused"
    case sequenceNotIncreasing = "sequence-not-increasing"
    case notAllowed = "not-allowed"
    case basisAhead = "basis-ahead"
    case tooLarge = "too-large"
    // Whole requests.
    case badRequest = "bad-request"
    case unauthenticated = "unauthenticated"
    case deviceRevoked = "device-revoked"
    case invalidInvite = "invalid-invite"
    case unsupportedProtocol = "unsupported-protocol"
    case unsupportedEncoding = "unsupported-encoding"
    case rateLimited = "rate-limited"
    case busy
    case readOnly = "read-only"
    case storageFull = "storage-full"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case invalidRange = "invalid-range"
    case aheadOfLog = "ahead-of-log"
    case internalError = "internal-error"
}
