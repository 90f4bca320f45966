package import AgendaModel
package import LogClient
internal import SyncProtocol

extension ReplicaError {
    /// What a failure between a program and a log means to who uses a replica.
    ///
    /// The one place where errors of `LogClient` become those of a replica.
    ///
    /// - Parameters:
    ///   - error: the failure.
    ///   - verifiedSize: how much of the log this replica has verified; nil where nobody knows.
    package init(_ error: LogClientError, verifiedSize: LogSize? = nil) {
        if let answer = error.answer {
            self = .answer(answer, verifiedSize: verifiedSize)
            return
        }
        let code = Code(error.code)
        switch error.code {
        case .cut:
            self.init(
                code,
                "the server cannot be reached: \(error.message)",
                nextStep:
                    "check the network and the address; what was sent may have arrived; what is recorded is kept, and the next sync "
                    + "loses and doubles nothing"
            )
        case .noRoute, .refused:
            self.init(
                code,
                "the server cannot be reached: \(error.message)",
                nextStep: "check the network and the address; what is recorded is kept and sent at the next sync"
            )
        case .timeout:
            self.init(
                code,
                "the server is too slow: \(error.message)",
                nextStep: "sync again later; what has arrived whole is kept"
            )
        case .insecure:
            self.init(
                code,
                "the connection is not secure: \(error.message)",
                nextStep: error.nextStep
                    ?? "check the address and this laptop's clock; SSL_CERT_FILE can name a certificate to trust; over this connection nothing was sent"
            )
        case .malformed:
            self.init(
                code,
                "what answered is not an Ambit server: \(error.message)",
                nextStep: "check the address; a proxy may be in between"
            )
        case .foreign:
            self.init(
                code,
                "what answered is not an Ambit server: \(error.message)",
                nextStep: "check the address; a proxy or a network's login page may be in between"
            )
        case .damaged:
            self.init(
                code,
                "what the server sent is damaged: \(error.message)",
                nextStep: "nothing was taken over; sync again, and tell the server's operator if it stays so"
            )
        case .cancelled:
            self.init(code, "the sync was cancelled", nextStep: "sync again to go on where it stopped")
        case .badStatus, .invalidAddress, .badCertificates, .notFound, .notCosignedYet, .badCheckpoint, .serverBehind,
            .forked, .tampered, .locked, .readOnly, .diskFull, .corrupt, .inputOutput:
            self.init(code, error.message, nextStep: error.nextStep)
        }
    }

    private static func partOfSentence(_ text: String) -> Substring {
        text.hasSuffix(".") ? text.dropLast() : text[...]
    }

    /// An answer whose status says no.
    private static func answer(_ answer: LogClientError.Answer, verifiedSize: LogSize?) -> ReplicaError {
        let (status, problem, retryAfter) = (answer.status, answer.problem, answer.retryAfter)
        let name = problem?.name
        // A sentence becomes a part of one.
        let said = problem.map { ": \(partOfSentence($0.found))" } ?? ""
        func error(_ code: Code, _ message: String, next nextStep: String) -> ReplicaError {
            var error = ReplicaError(code, message, nextStep: nextStep, problem: name)
            error.retryAfter = retryAfter
            return error
        }
        switch (status, name) {
        case (409, ProblemType.aheadOfLog.rawValue) where verifiedSize != nil:
            let (size, verified) = (problem?.size.map { LogSize($0) }, verifiedSize ?? .zero)
            // Nobody who has that many is behind, whatever they say.
            guard LogSize.zero <= size ?? .zero, size ?? .zero < verified else {
                return ReplicaError(
                    LogClientError.foreign(
                        "it says that it has fewer entries than are here, and a number of them that is not smaller"
                    )
                )
            }
            return serverBehind(serverSize: size, verifiedSize: verified)
        case (409, ProblemType.otherLog.rawValue):
            return error(
                .badCheckpoint,
                "the agenda at this address has another log than the one that this replica was made of",
                next: "nothing was changed here; ask the agenda's administrator whether this is the right server"
            )
        case (409, ProblemType.forked.rawValue):
            return error(
                .forked,
                "the server's log is another one than this replica has verified\(said)",
                next:
                    "nothing was changed here and nothing is lost; since the backup was put back others have written: put it "
                    + "back once more, and heal it; or, if what they wrote is to stay, \(rerecording)"
            )
        case (_, ProblemType.invalidInvite.rawValue):
            return error(
                .invalidInvite,
                "the invite was not taken\(said)",
                next: "ask an administrator for a new invite"
            )
        case (_, ProblemType.unsupportedProtocol.rawValue):
            return error(
                .unsupportedProtocol,
                "the server speaks other versions of the protocol\(said)",
                next: "update Ambit"
            )
        case (_, ProblemType.deviceRevoked.rawValue):
            return error(
                .revoked,
                "this laptop's access has been taken away\(said)",
                next: "what is recorded here is kept; \(rejoining)"
            )
        case (401, _):
            // Whoever was let in after a backup is unknown to the server that was put back from it.
            let step =
                verifiedSize ?? .zero > .zero
                ? "if the server was put back from a backup, wait until an admin has healed it; then \(rejoining)"
                : "or \(rejoining)"
            return error(
                .unauthenticated,
                "the server does not know this laptop\(said)",
                next: "what is recorded here is kept; check that the address is right; \(step)"
            )
        case (403, _):
            return error(
                .notAllowed,
                "this is not allowed with the member's role\(said)",
                next: "ask an administrator for another role"
            )
        case (404, _), (410, _):
            return error(.notFound, "the server has no such agenda\(said)", next: "check the address")
        case (429, _), (500..., _), (408, _), (425, _):
            let seconds = retryAfter?.components.seconds
            let later = seconds.map { $0 == 1 ? "sync again in a second" : "sync again in \($0) seconds" }
            return error(
                .unavailable,
                "the server cannot take this now (status \(status))\(said)",
                next: "\(later ?? "sync again later"); what is recorded is kept"
            )
        default:
            return error(
                .refusedRequest,
                "the server refused the request (status \(status))\(said)",
                next: "what is recorded is kept; tell the server's operator"
            )
        }
    }
}

extension ProblemDetails {
    /// What was found, without what the server says to do next to those who write requests: people have commands.
    fileprivate var found: String {
        guard let detail, detail != problem?.nextStep else { return Self.beginning(of: title) }
        guard let step = problem.map({ " \($0.nextStep)" }), detail.hasSuffix(step) else {
            return Self.beginning(of: detail)
        }
        return Self.beginning(of: String(detail.dropLast(step.count)))
    }

    /// What somebody else says at any length must not hide what is said here.
    private static func beginning(of text: String) -> String {
        let (beginning, most) = (text.unicodeScalars.prefix(1_001), 1_000)
        return beginning.count > most ? String(beginning.prefix(most)) + "…" : text
    }
}

extension ReplicaError.Code {
    fileprivate init(_ code: LogClientError.Code) {
        self =
            switch code {
            case .noRoute, .refused, .cut: .unreachable
            case .timeout: .tooSlow
            case .insecure, .badCertificates: .insecure
            case .malformed, .foreign: .notAnAmbitServer
            case .damaged, .tampered: .tampered
            case .cancelled: .cancelled
            case .badStatus: .refusedRequest
            case .invalidAddress: .invalidAddress
            case .notFound: .notFound
            case .notCosignedYet: .unavailable
            case .badCheckpoint: .badCheckpoint
            case .serverBehind: .serverBehind
            case .forked: .forked
            case .locked: .locked
            case .readOnly: .readOnly
            case .diskFull: .diskFull
            case .corrupt: .corrupt
            case .inputOutput: .inputOutput
            }
    }
}
