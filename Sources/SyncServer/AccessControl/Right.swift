internal import AgendaModel
internal import EventLog
internal import SyncProtocol

/// What a member may do with an agenda.
enum Right: Sendable {
    /// Reads the log and everything made of it.
    case read
    /// Reads what anybody may of a public agenda.
    case readPublic
    /// Records events: for those who may record any; which ones is for the log to say.
    case push
    /// Reads what was refused, with its content.
    case readRejections
    /// Has to do with the caller's own device only.
    case manageDevice
    /// Invites people and withdraws access.
    case administer

    /// The caller of a request, who has this right and does not ask too often.
    ///
    /// Counts the request for the device, also when its role is not enough.
    ///
    /// - Throws: `unauthenticated`, `device-revoked`, `rate-limited` or `not-allowed`.
    func caller(_ identity: Identity, rates: RateLimiter) throws(ProblemDetails) -> Caller {
        switch identity {
        case .withoutToken: throw ProblemDetails(.unauthenticated, "The request has no token.")
        case .refused(let problem): throw problem
        case .device(let caller):
            try rates.take(rate, of: caller.name)
            guard isPublic || !caller.limits.readsPublicOnly else {
                throw ProblemDetails(.notAllowed, "This token is only for what anybody may read of a public agenda.")
            }
            guard isHeld(by: caller.role) else {
                throw ProblemDetails(.notAllowed, "The role \(caller.role.rawValue) does not include this.")
            }
            return caller
        }
    }

    private var rate: RateClass {
        switch self {
        case .read, .readPublic, .readRejections: .read
        case .push: .push
        case .manageDevice, .administer: .administration
        }
    }

    /// Whether it is held by whoever reads only what is public.
    private var isPublic: Bool {
        switch self {
        case .readPublic, .manageDevice: true
        case .read, .push, .readRejections, .administer: false
        }
    }

    private func isHeld(by role: Role) -> Bool {
        switch self {
        case .read, .readPublic, .manageDevice: true
        case .push: role >= .recorder
        case .readRejections: role == .auditor || role == .admin
        case .administer: role == .admin
        }
    }
}
