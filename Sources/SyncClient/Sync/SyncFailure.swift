internal import SyncProtocol

/// Why a request gave no answer that the sync can go on with.
enum SyncFailure: Error, Hashable {
    case transport(TransportFailure)
    /// An answer that is a problem, or whose status says so.
    case answer(status: Int, ProblemDetails?, retryAfter: Duration?)
    /// An answer that is not one of this protocol.
    case foreign(String)
    /// Entries that arrived damaged.
    case damaged(String)

    var retryAfter: Duration? {
        if case .answer(_, _, let retryAfter) = self { retryAfter } else { nil }
    }

    /// Whether the same request may succeed a little later.
    var mayPass: Bool {
        switch self {
        case .transport(let failure): failure.mayPass
        case .answer(let status, _, _):
            !takesNoPushes && [408, 425, 429, 500, 502, 503, 504, 507].contains(status)
        case .foreign: false
        case .damaged: true
        }
    }

    /// Whether the server takes nothing from here until somebody has seen to it; reading goes on.
    var takesNoPushes: Bool {
        guard case .answer(_, let problem?, _) = self else { return false }
        return [ProblemType.readOnly, .storageFull, .notAllowed].contains { $0.rawValue == problem.name }
    }

    var isTimeout: Bool {
        switch self {
        case .transport(let failure): failure.code == .timeout
        case .answer(let status, _, _): status == 408 || status == 504
        case .foreign, .damaged: false
        }
    }

    /// Whether a push was refused because somebody else counts for this device.
    var isIdentityReused: Bool {
        guard case .answer(409, let problem, _) = self else { return false }
        return problem?.name == ProblemType.identityReused.rawValue
    }

    /// Whether what answered does not have what was asked for in the form that was asked for.
    var isOtherMedia: Bool {
        switch self {
        case .answer(let status, _, _): [400, 406, 415].contains(status)
        case .foreign: true
        case .transport, .damaged: false
        }
    }

    var isTooLarge: Bool {
        if case .answer(413, _, _) = self { true } else { false }
    }

    /// What to do when this became of an enrolment with an invite, where that says whether the invite is used up.
    var stepAfterEnrolling: String? {
        switch self {
        case .transport(let failure) where [.noRoute, .refused].contains(failure.code):
            "the invite was not used; check the network and the address, and try again"
        case .transport(let failure) where [.cut, .timeout].contains(failure.code):
            "try again; if the invite counts as used then, ask an administrator for a new one"
        case .answer where mayPass:
            "try again later; if the invite counts as used then, ask an administrator for a new one"
        case .transport, .answer, .foreign, .damaged: nil
        }
    }

    func error(verifiedSize: Int) -> ReplicaError {
        switch self {
        case .transport(let failure): .transport(failure)
        case .answer(let status, let problem, let retryAfter):
            .answer(status: status, problem, retryAfter: retryAfter, verifiedSize: verifiedSize)
        case .foreign(let what):
            ReplicaError(
                .notAnAmbitServer,
                "what answered is not an Ambit server: \(what)",
                nextStep: "check the address; a proxy or a network's login page may be in between"
            )
        case .damaged(let what):
            ReplicaError(
                .tampered,
                "what the server sent is damaged: \(what)",
                nextStep: "nothing was taken over; sync again, and tell the server's operator if it stays so"
            )
        }
    }
}

extension ProblemDetails {
    /// The last part of the type.
    var name: String { type.split(separator: "/").last.map(String.init) ?? type }

    /// What was found, without what the server says to do next to those who write requests: people have commands.
    var found: String {
        guard let detail, detail != problem?.nextStep else { return title }
        guard let step = problem.map({ " \($0.nextStep)" }), detail.hasSuffix(step) else { return detail }
        return String(detail.dropLast(step.count))
    }
}

extension ReplicaError {
    /// What gets events to a server whose log has become another one.
    static let rerecording =
        "record anew what only this folder has: ambit export --format ndjson --outbox in it, and ambit import in a new "
        + "clone"

    static let rejoining = "ask an administrator for an invite, and run ambit rejoin --invite CODE"

    /// What stops a replica from going on as another device.
    static func changingDevice(_ cause: ReplicaError) -> ReplicaError {
        var error = cause
        error.message =
            "this folder is a copy of another one, or was put back from a backup, and has to go on as another device: "
            + cause.message
        if [.revoked, .unauthenticated, .notAllowed, .refusedRequest, .notFound, .invalidInvite].contains(cause.code) {
            error.nextStep = "what is recorded here is kept; \(rejoining)"
        }
        return error
    }

    static func serverBehind(serverSize: Int?, verifiedSize: Int) -> ReplicaError {
        let found = serverSize.map { "has \($0) entries" } ?? "has fewer entries"
        return ReplicaError(
            .serverBehind,
            "the server is behind this laptop: it \(found), and \(verifiedSize) have been verified here; was it restored "
                + "from a backup?",
            nextStep:
                "nothing was changed here and nothing is lost, recording goes on, keep this folder; an admin of the agenda "
                + "gives the server back what it lacks with ambit heal"
        )
    }

    static func transport(_ failure: TransportFailure) -> ReplicaError {
        switch failure.code {
        case .noRoute, .refused, .cut:
            ReplicaError(
                .unreachable,
                "the server cannot be reached: \(failure.detail)",
                nextStep: "check the network and the address; what is recorded is kept and sent at the next sync"
            )
        case .timeout:
            ReplicaError(
                .tooSlow,
                "the server is too slow: \(failure.detail)",
                nextStep: "sync again later; what has arrived whole is kept"
            )
        case .insecure:
            ReplicaError(
                .insecure,
                "the connection is not secure: \(failure.detail)",
                nextStep:
                    "check the address and this laptop's clock; SSL_CERT_FILE can name a certificate to trust; nothing was sent"
            )
        case .malformed:
            ReplicaError(
                .notAnAmbitServer,
                "what answered is not an Ambit server: \(failure.detail)",
                nextStep: "check the address; a proxy may be in between"
            )
        case .cancelled:
            ReplicaError(
                .cancelled,
                "the sync was cancelled",
                nextStep: "sync again to go on where it stopped"
            )
        }
    }

    private static func partOfSentence(_ text: String) -> Substring {
        text.hasSuffix(".") ? text.dropLast() : text[...]
    }

    static func answer(
        status: Int,
        _ problem: ProblemDetails?,
        retryAfter: Duration?,
        verifiedSize: Int
    ) -> ReplicaError {
        let name = problem?.name
        // A sentence becomes a part of one.
        let said = problem.map { ": \(partOfSentence($0.found))" } ?? ""
        func error(_ code: Code, _ message: String, _ nextStep: String) -> ReplicaError {
            var error = ReplicaError(code, message, nextStep: nextStep, problem: name)
            error.retryAfter = retryAfter
            return error
        }
        switch (status, name) {
        case (409, ProblemType.aheadOfLog.rawValue):
            return serverBehind(serverSize: problem?.size, verifiedSize: verifiedSize)
        case (409, ProblemType.forked.rawValue):
            return error(
                .forked,
                "the server's log is another one than this replica has verified\(said)",
                "nothing was changed here and nothing is lost; since the backup was put back others have written: put it "
                    + "back once more, serve it with --no-pushes, and heal before anybody pushes; or, if what they wrote is "
                    + "to stay, \(rerecording)"
            )
        case (_, ProblemType.invalidInvite.rawValue):
            return error(.invalidInvite, "the invite was not taken\(said)", "ask an administrator for a new invite")
        case (_, ProblemType.unsupportedProtocol.rawValue):
            return error(
                .unsupportedProtocol,
                "the server speaks other versions of the protocol\(said)",
                "update Ambit"
            )
        case (_, ProblemType.deviceRevoked.rawValue):
            return error(
                .revoked,
                "this laptop's access has been taken away\(said)",
                "what is recorded here is kept; \(rejoining)"
            )
        case (401, _):
            // Whoever was let in after a backup is unknown to the server that was put back from it.
            let lost = "if the server was put back from a backup, wait until an admin has healed it; then "
            return error(
                .unauthenticated,
                "the server does not know this laptop\(said)",
                "what is recorded here is kept; check that the address is right; "
                    + (verifiedSize > 0 ? lost + rejoining : "or \(rejoining)")
            )
        case (403, _):
            return error(
                .notAllowed,
                "this is not allowed with the member's role\(said)",
                "ask an administrator for another role"
            )
        case (404, _), (410, _):
            return error(.notFound, "the server has no such agenda\(said)", "check the address")
        case (429, _), (500..., _), (408, _), (425, _):
            let later = retryAfter.map { "sync again in \($0.components.seconds) seconds" } ?? "sync again later"
            return error(
                .unavailable,
                "the server cannot take this now (status \(status))\(said)",
                "\(later); what is recorded is kept"
            )
        default:
            return error(
                .refusedRequest,
                "the server refused the request (status \(status))\(said)",
                "what is recorded is kept; tell the server's operator"
            )
        }
    }
}
