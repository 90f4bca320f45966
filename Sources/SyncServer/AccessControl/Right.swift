internal import AgendaModel
internal import SyncProtocol

/// What a member may do with an agenda.
enum Right: Sendable {
    /// Reads the log and everything made of it.
    case read
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
        case .anonymous: throw ProblemDetails(.unauthenticated, "The request has no token.")
        case .refused(let problem): throw problem
        case .device(let caller):
            try rates.take(rate, of: caller.device.rawValue)
            guard isHeld(by: caller.role) else {
                throw ProblemDetails(.notAllowed, "The role \(caller.role.rawValue) does not include this.")
            }
            return caller
        }
    }

    private var rate: RateClass {
        switch self {
        case .read, .readRejections: .read
        case .push: .push
        case .manageDevice, .administer: .administration
        }
    }

    private func isHeld(by role: Role) -> Bool {
        switch self {
        case .read, .manageDevice: true
        case .push: role >= .recorder
        case .readRejections: role == .auditor || role == .admin
        case .administer: role == .admin
        }
    }
}
