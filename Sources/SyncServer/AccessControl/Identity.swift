internal import AgendaModel
internal import EventLog
internal import SyncProtocol

/// Whom an agenda takes the sender of a request for.
enum Identity: Sendable {
    /// The request comes without a token.
    case withoutToken
    /// A device that has access.
    case device(Caller)
    /// The request comes with a token that gives no access; the problem says why.
    case refused(ProblemDetails)

    /// - Parameters:
    ///   - credentials: what the request says.
    ///   - access: the agenda's, as last committed.
    ///   - agenda: the agenda's name.
    ///   - now: when the request came.
    init(_ credentials: Credentials, in access: Access, of agenda: AgendaName, at now: Timestamp) {
        switch credentials {
        case .none: self = .withoutToken
        case .unreadable: self = .refused(.unreadableToken)
        case .token(let hash):
            guard let name = access.tokens[hash], let device = access.devices[name] else {
                self = .refused(ProblemDetails(.unauthenticated, "The agenda does not know this token."))
                return
            }
            guard let role = access.role(ofDevice: name) else {
                self = .refused(
                    ProblemDetails(.deviceRevoked, "The access of this device or of its member has been withdrawn.")
                )
                return
            }
            guard !device.limits.hasExpired(at: now) else {
                self = .refused(ProblemDetails(.deviceRevoked, "The last day of this device's access is over."))
                return
            }
            self = .device(
                Caller(
                    agenda: agenda,
                    device: name,
                    member: device.member,
                    role: role,
                    limits: device.limits,
                    token: hash
                )
            )
        }
    }

    /// The device that has access; nil for everybody else.
    var caller: Caller? {
        if case .device(let caller) = self { caller } else { nil }
    }
}

extension ProblemDetails {
    static var unreadableToken: ProblemDetails {
        ProblemDetails(.unauthenticated, "The Authorization header is not a bearer token.")
    }
}
