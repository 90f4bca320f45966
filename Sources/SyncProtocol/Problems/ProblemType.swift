public import AgendaModel

/// The catalogue of problems: `/problems/<name>`, each with an HTTP status, a title, and what to do next.
public enum ProblemType: String, CaseIterable, Sendable {
    // Verdicts on one event; their names are those of AgendaModel's EventProblem.Code.

    /// A line is not an event in the protocol's form.
    case malformedEvent = "malformed-event"
    /// The catalogue has no such type of event.
    case unknownType = "unknown-type"
    /// The event's data does not fit its type.
    case invalidData = "invalid-data"
    /// The event is about a subject that does not exist.
    case unknownSubject = "unknown-subject"
    /// The event refers to a subject that does not exist.
    case unknownReference = "unknown-reference"
    /// A creating event whose subject is not its own identity.
    case wrongIdentity = "wrong-identity"
    /// Another event with this identity is in the log already.
    case identityReused = "identity-reused"
    /// The event's counter is not greater than one that came before.
    case sequenceNotIncreasing = "sequence-not-increasing"
    /// The caller's role does not allow this.
    case notAllowed = "not-allowed"
    /// The event claims to have seen more than the log has.
    case basisAhead = "basis-ahead"
    /// A device's signature on its entries does not hold.
    case invalidSignature = "invalid-signature"
    /// An event or a request exceeds a limit.
    case tooLarge = "too-large"

    // Whole requests.

    /// The request cannot be understood.
    case badRequest = "bad-request"
    /// The head of the request is longer than the server reads.
    case headTooLarge = "head-too-large"
    /// No token, or one that the agenda does not know.
    case unauthenticated
    /// The device or its member may not use the agenda any more.
    case deviceRevoked = "device-revoked"
    /// The invite is unknown, used or expired.
    case invalidInvite = "invalid-invite"
    /// The client speaks a version that the server does not.
    case unsupportedProtocol = "unsupported-protocol"
    /// The body's encoding or media type is not one that the server reads.
    case unsupportedEncoding = "unsupported-encoding"
    /// The caller sends too many requests.
    case rateLimited = "rate-limited"
    /// The server has too much to do at the moment.
    case busy
    /// The request did not arrive in time.
    case requestTimeout = "request-timeout"
    /// The server's data can be read but not written.
    case readOnly = "read-only"
    /// The server's disk is full.
    case storageFull = "storage-full"
    /// The agenda's data cannot be used until the administrator has looked at it.
    case unavailable
    /// The part of a file that was asked for is not in it.
    case rangeNotSatisfiable = "range-not-satisfiable"
    /// There is nothing at this address.
    case notFound = "not-found"
    /// The address does not take this method.
    case methodNotAllowed = "method-not-allowed"
    /// A position, size, limit or moment in the request is not one that can be asked for.
    case invalidRange = "invalid-range"
    /// The client has more of the log than the server.
    case aheadOfLog = "ahead-of-log"
    /// The client goes on with another log than the agenda's.
    case otherLog = "other-log"
    /// Entries that are given back are not those of the log that the server has.
    case forked
    /// Entries that are given back do not lead to the checkpoint that came with them.
    case invalidProof = "invalid-proof"
    /// The server met a fault of its own.
    case internalError = "internal-error"
}

extension ProblemType {
    package static let pathPrefix = "/problems/"

    /// `/problems/<name>`: the `type` of the problem details, relative to the server's root.
    public var path: String { Self.pathPrefix + rawValue }

    /// The problem of a refused event.
    public init(_ code: EventProblem.Code) {
        guard let type = ProblemType(rawValue: code.rawValue) else {
            preconditionFailure("no problem type for \(code.rawValue)")
        }
        self = type
    }

    /// The HTTP status of a whole request that failed so; for verdicts the status if a request did.
    public var status: Int { facts.status }
    /// What kind of problem this is, in a few words.
    public var title: String { facts.title }
    /// What the caller should do next, in a sentence.
    public var nextStep: String { facts.nextStep }

    private struct Facts {
        var status: Int
        var title: String
        var nextStep: String
    }

    private var facts: Facts {
        switch self {
        case .malformedEvent:
            Facts(
                status: 422,
                title: "The line is not an event",
                nextStep: "Record it again as a new event in the form of Protocol/Events.md."
            )
        case .unknownType:
            Facts(
                status: 422,
                title: "No such type of event",
                nextStep: "Use a type of the catalogue, or ask for a newer version of the server."
            )
        case .invalidData:
            Facts(
                status: 422,
                title: "The data does not fit the type",
                nextStep: "Record a new event with data that fits the type's schema."
            )
        case .unknownSubject:
            Facts(
                status: 422,
                title: "No such subject",
                nextStep: "Push the event that creates the subject first, or name another one."
            )
        case .unknownReference:
            Facts(
                status: 422,
                title: "No such reference",
                nextStep: "Push the event that creates the referenced subject first, or name another."
            )
        case .wrongIdentity:
            Facts(
                status: 422,
                title: "Wrong identity",
                nextStep: "Give the subject of a creating event the identity of that event."
            )
        case .identityReused:
            Facts(
                status: 409,
                title: "Identity used for another event",
                nextStep: "Give the device a new identity: this one has been copied."
            )
        case .sequenceNotIncreasing:
            Facts(
                status: 422,
                title: "Counter does not increase",
                nextStep: "Record it as a new event with the device's next counter."
            )
        case .notAllowed:
            Facts(
                status: 403,
                title: "Not allowed",
                nextStep: "Ask an administrator of the agenda for a role that may do this."
            )
        case .basisAhead:
            Facts(
                status: 422,
                title: "Basis ahead of the log",
                nextStep: "Check that this is the right server and that its data is not older."
            )
        case .invalidSignature:
            Facts(
                status: 422,
                title: "The signature does not hold",
                nextStep: "Compare the device's entries with what it recorded; sign what no signature covers yet."
            )
        case .tooLarge:
            Facts(
                status: 413,
                title: "Too large",
                nextStep: "Send less at once; the agenda's description lists the limits."
            )
        case .badRequest:
            Facts(
                status: 400,
                title: "The request cannot be read",
                nextStep: "Correct the request; sending it again unchanged does not help."
            )
        case .headTooLarge:
            Facts(
                status: 431,
                title: "Request head too large",
                nextStep: "Send fewer or shorter header fields, or a shorter address."
            )
        case .unauthenticated:
            Facts(
                status: 401,
                title: "Not authenticated",
                nextStep: "Send the device's token as `Authorization: Bearer <token>`."
            )
        case .deviceRevoked:
            Facts(
                status: 403,
                title: "Access withdrawn",
                nextStep: "Ask an administrator of the agenda for a new invite and enrol again."
            )
        case .invalidInvite:
            Facts(
                status: 403,
                title: "The invite cannot be used",
                nextStep: "Ask an administrator of the agenda for a new invite."
            )
        case .unsupportedProtocol:
            Facts(
                status: 400,
                title: "Protocol version not spoken",
                nextStep: "Use a version of the software that speaks one of these versions."
            )
        case .unsupportedEncoding:
            Facts(
                status: 415,
                title: "Encoding not supported",
                nextStep: "Send the body in a form that the detail names."
            )
        case .rateLimited:
            Facts(
                status: 429,
                title: "Too many requests",
                nextStep: "Wait for as long as Retry-After says, then try again."
            )
        case .busy:
            Facts(status: 503, title: "Busy", nextStep: "Wait for as long as Retry-After says, then try again.")
        case .requestTimeout:
            Facts(
                status: 408,
                title: "The request took too long",
                nextStep: "Send it again, in smaller parts if the connection is slow."
            )
        case .readOnly:
            Facts(
                status: 503,
                title: "Read-only",
                nextStep: "Reading goes on; try writing again when the administrator has made it possible."
            )
        case .storageFull:
            Facts(
                status: 507,
                title: "The server's disk is full",
                nextStep: "Try again later; the administrator has to make room."
            )
        case .unavailable:
            Facts(
                status: 503,
                title: "The agenda cannot be served",
                nextStep: "Tell the administrator of the server; its log says more."
            )
        case .notFound:
            Facts(status: 404, title: "Not found", nextStep: "Check the address; /v1/openapi.json lists what there is.")
        case .rangeNotSatisfiable:
            Facts(status: 416, title: "Range not satisfiable", nextStep: "Ask for bytes that the file has, or for all.")
        case .methodNotAllowed:
            Facts(status: 405, title: "Method not allowed", nextStep: "Use one of the methods in the Allow header.")
        case .invalidRange:
            Facts(
                status: 400,
                title: "Value out of range",
                nextStep: "Correct the value; /v1/openapi.json gives what each takes."
            )
        case .aheadOfLog:
            Facts(
                status: 409,
                title: "Ahead of the log",
                nextStep: "Keep everything and compare checkpoints: the server may have lost entries."
            )
        case .otherLog:
            Facts(
                status: 409,
                title: "Another log than the client's",
                nextStep: "Check the agenda's address: an invite is for one agenda, and stays good."
            )
        case .forked:
            Facts(
                status: 409,
                title: "The log is another one",
                nextStep: "Put the server's backup back once more, and heal it before anybody pushes."
            )
        case .invalidProof:
            Facts(
                status: 422,
                title: "The proof does not hold",
                nextStep: "Give entries, checkpoint and proof of one replica that is verified."
            )
        case .internalError:
            Facts(
                status: 500,
                title: "Internal error",
                nextStep: "Try again later; if it stays, give the administrator the request's number."
            )
        }
    }
}
