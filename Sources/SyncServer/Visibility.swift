internal import AgendaModel
internal import EventLog
internal import HTTPTypes
internal import Hummingbird
internal import SyncProtocol

/// Who sends a request.
struct Caller: Hashable, Sendable {
    /// The device, `device/<id>`.
    var device: String
    /// Whose device it is, `member/<id>`.
    var member: String
    var role: Role
    /// SHA-256 of the token that the request came with.
    var token: Hash
}

/// Who may do what with an agenda, in one place.
enum Visibility {
    /// What a request is about.
    enum Need {
        /// Reads the log and everything made of it.
        case read
        /// Records events; which ones is for the log to say.
        case push
        /// Reads what was refused, with its content.
        case readRejections
        /// Has to do with the caller's own device only.
        case manageDevice
        /// Invites people and withdraws access.
        case administer

        fileprivate func isMet(by role: Role) -> Bool {
            switch self {
            case .read, .push, .manageDevice: true
            case .readRejections: role == .auditor || role == .admin
            case .administer: role == .admin
            }
        }
    }

    /// The caller of a request, who has what it takes.
    ///
    /// - Throws: `unauthenticated`, `device-revoked` or `not-allowed`.
    static func caller(
        of request: Request,
        in agenda: HostedAgenda,
        for need: Need
    ) throws(ProblemDetails) -> Caller {
        guard let hash = try tokenHash(of: request) else {
            throw ProblemDetails(.unauthenticated, "The request has no token.")
        }
        guard let caller = try caller(withToken: hash, in: agenda) else {
            throw ProblemDetails(.unauthenticated, "The agenda does not know this token.")
        }
        guard need.isMet(by: caller.role) else {
            throw ProblemDetails(.notAllowed, "The role \(caller.role.rawValue) does not include this.")
        }
        return caller
    }

    /// Whether the agenda is in the list that a caller with this token gets.
    static func isListed(_ agenda: HostedAgenda, forToken hash: Hash?) -> Bool {
        guard let hash else { return false }
        return (try? caller(withToken: hash, in: agenda)) != nil
    }

    /// Whether a device that came in with this token may still read the log.
    static func mayRead(withToken hash: Hash, _ access: Access) -> Bool {
        access.tokens[hash].flatMap { access.role(ofDevice: $0) } != nil
    }

    /// SHA-256 of the request's bearer token; nil when it has none.
    ///
    /// Tokens are looked up by their hash: what the time of a look-up gives away says nothing about tokens.
    static func tokenHash(of request: Request) throws(ProblemDetails) -> Hash? {
        guard let header = request.headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= greatestTokenLength else {
            throw ProblemDetails(.unauthenticated, "The Authorization header is not a bearer token.")
        }
        var token = String(parts[1])
        return token.withUTF8 { Hash.sha256($0) }
    }

    private static func caller(
        withToken hash: Hash,
        in agenda: HostedAgenda
    ) throws(ProblemDetails) -> Caller? {
        let access = agenda.sequencer.access
        guard let name = access.tokens[hash], let device = access.devices[name] else { return nil }
        guard let role = access.role(ofDevice: name) else {
            throw ProblemDetails(.deviceRevoked, "The access of this device or of its member has been withdrawn.")
        }
        return Caller(device: name, member: device.member, role: role, token: hash)
    }

    private static let greatestTokenLength = 512
}
