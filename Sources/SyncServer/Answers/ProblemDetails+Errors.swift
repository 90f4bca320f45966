internal import AgendaModel
internal import EventLog
internal import Projections
internal import SyncProtocol

// The one place where errors of the log and of this server become what a client is told.

extension ProblemDetails {
    /// What the client is told of any error; nil for errors that are the server's own fault.
    init?(reporting error: any Error) {
        switch error {
        case let problem as ProblemDetails: self = problem
        case let error as PushError: self.init(error)
        case let error as EnrolmentError: self.init(error)
        case let error as AdministrationError: self.init(error)
        case let error as RepairError: self.init(error)
        case let error as LogError: self.init(error)
        case let error as ProjectionError: self.init(error)
        case is CancellationError: self.init(.busy, "The server is stopping.")
        default: return nil
        }
    }

    /// The server's own fault; what it was stays in the server's log.
    static func internalError(request: String) -> ProblemDetails {
        ProblemDetails(.internalError, "The server met a fault of its own in request \(request).")
    }

    init(_ error: PushError) {
        switch error.code {
        case .notNewlineDelimited: self.init(.badRequest, saying: error.message)
        case .tooManyEvents: self.init(.tooLarge, saying: error.message)
        case .wrongDevice, .noRole: self.init(.notAllowed, saying: error.message)
        case .revoked: self.init(.deviceRevoked, "The access of this device, of its token or of its member has ended.")
        case .identityReused: self.init(.identityReused, saying: error.message)
        case .tooMuchRefused(let seconds):
            self.init(.rateLimited, saying: error.message)
            retryAfter = seconds
        case .stopped: self.init(.busy, "The server is stopping.")
        case .readOnly: self.init(.readOnly, "The agenda's data cannot be written at the moment.")
        case .incomplete, .implausibleClock: self.init(.readOnly, saying: error.message)
        case .storageFull: self.init(.storageFull, "The agenda's data has no room to grow.")
        case .unavailable: self.init(.unavailable, "The agenda's data cannot be reached; pushing again is safe.")
        }
    }

    init(_ error: EnrolmentError) {
        switch error.code {
        case .unknownInvite: self.init(.invalidInvite, "The agenda has no such invite.")
        case .usedInvite: self.init(.invalidInvite, "The invite has been used.")
        case .expiredInvite: self.init(.invalidInvite, "The invite has expired.")
        case .voidInvite: self.init(.invalidInvite, "The device that made the invite is no admin's any more.")
        case .revoked: self.init(.deviceRevoked, "The access of this device, of its token or of its member has ended.")
        case .tooManyDevices: self.init(.notAllowed, saying: error.message)
        case .invalid: self.init(.badRequest, saying: error.message)
        case .otherLog: self.init(.otherLog, "The agenda's log is another one than that of `verifierKey`.")
        case .aheadOfLog(let size):
            self.init(.aheadOfLog, saying: error.message)
            self.size = size.rawValue
        }
    }

    init(_ error: AdministrationError) {
        switch error.code {
        case .unknownMember: self.init(.notFound, "The agenda has no active member as `member` names.")
        case .unknownDevice: self.init(.notFound, "The agenda has no device of this name.")
        case .unknownInvite: self.init(.notFound, "The agenda has no open invite of this name.")
        case .invalidDays:
            let days = InviteCode.days
            self.init(.invalidRange, "`expiresInDays` must be from \(days.lowerBound) to \(days.upperBound).")
        }
    }

    /// Of an event that the server was asked to record itself, and that the log refused; it says itself what to do next.
    init(refused problem: EventProblem) {
        self.init(ProblemType(problem.code), saying: problem.detail)
    }

    init(_ error: RepairError) {
        let found = error.message.prefix(1).uppercased() + error.message.dropFirst() + "."
        switch error.code {
        case .malformed: self.init(.badRequest, found)
        case .tooManyEntries: self.init(.tooLarge, found)
        case .invalidProof: self.init(.invalidProof, found)
        case .forked: self.init(.forked, found)
        case .aheadOfLog(let size):
            self.init(.aheadOfLog, found)
            self.size = size.rawValue
        }
    }

    init(_ error: LogError) {
        switch error.code {
        case .readOnly: self.init(.readOnly, "The agenda's data cannot be written at the moment.")
        case .diskFull: self.init(.storageFull, "The agenda's data has no room to grow.")
        case .locked: self.init(.busy, "Another program is using the agenda's data.")
        case .corrupt, .badSignature, .notCosigned, .malformed:
            self.init(.unavailable, "Stored data disagrees with itself or with its signed checkpoint.")
        case .newerFormat: self.init(.unavailable, "The agenda's data was written by a newer version of this software.")
        case .inputOutput, .notFound, .alreadyExists:
            self.init(.unavailable, "The agenda's data cannot be reached.")
        }
    }

    init(_ error: ProjectionError) {
        switch error.code {
        case .readOnly: self.init(.readOnly, "The agenda's read models cannot be written at the moment.")
        case .diskFull: self.init(.storageFull, "The agenda's read models have no room to grow.")
        case .locked: self.init(.busy, "Another program is using the agenda's read models.")
        case .beyondLog: self.init(.invalidRange, "The log has not come so far.")
        case .damaged, .inputOutput, .ownFile, .tooLarge:
            self.init(.unavailable, "The agenda's read models cannot be reached.")
        }
    }

    /// What clients are told of an agenda that could not be opened.
    init(openingFailedWith error: any Error) {
        let reported = ProblemDetails(reporting: error)
        if let reported, reported.problem == .busy || reported.problem == .unavailable {
            self = reported
        } else {
            self.init(.unavailable, "The agenda's data cannot be opened.")
        }
    }

    static func aheadOfLog(_ what: String, size: LogSize) -> ProblemDetails {
        var problem = ProblemDetails(.aheadOfLog, "\(what) is more than the \(size) entries that the log has.")
        problem.size = size.rawValue
        return problem
    }
}
