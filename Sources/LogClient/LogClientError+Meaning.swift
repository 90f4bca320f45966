package import SyncProtocol

// What a failed request means for whoever may repeat it.
extension LogClientError {
    /// How long the server asked to be left alone; nil when it did not.
    public var retryAfter: Duration? { answer?.retryAfter }

    /// Whether the same request may succeed a little later.
    public var isTransient: Bool {
        switch code {
        case .noRoute, .refused, .cut, .timeout, .damaged: true
        case .badStatus: !takesNoPushes && isTransientStatus
        default: false
        }
    }

    private var isTransientStatus: Bool { [408, 425, 429, 500, 502, 503, 504, 507].contains(answer?.status) }

    /// Whether there was an answer with a status that says no, and no problem of the server's in it.
    private var isUnsaid: Bool { answer.map { $0.problem == nil } ?? false }

    /// Whether the server takes nothing from here until somebody has seen to it; reading goes on.
    package var takesNoPushes: Bool {
        guard let problem = answer?.problem else { return false }
        return [ProblemType.readOnly, .storageFull, .notAllowed].contains { $0.rawValue == problem.name }
    }

    /// What the server itself says of a request that is not allowed; nil when it says something else.
    package var notAllowed: ProblemDetails? {
        guard answer?.status == 403, let problem = answer?.problem else { return nil }
        return problem.name == ProblemType.notAllowed.rawValue ? problem : nil
    }

    /// Whether a request, or its answer, took too long.
    package var isTimeout: Bool { code == .timeout || answer?.status == 408 || answer?.status == 504 }

    /// Whether a push was refused because somebody else counts for this device.
    package var isIdentityReused: Bool {
        answer?.status == 409 && answer?.problem?.name == ProblemType.identityReused.rawValue
    }

    /// Whether what answered does not have what was asked for in the form that was asked for.
    package var isOtherMedia: Bool {
        code == .foreign || answer.map { [400, 406, 415].contains($0.status) } ?? false
    }

    /// Whether the request was longer than the server takes.
    package var isTooLarge: Bool { answer?.status == 413 }

    /// Whether something in between answered in the server's place, which may be for what is in the request.
    package var isRefusedInBetween: Bool {
        switch code {
        case .foreign, .malformed: true
        default: isUnsaid && !isTransientStatus
        }
    }

    /// Whether the request failed in a way that may pass, and without a word of the server: the network is bad, or something in
    /// between does not let it through.
    package var isUnexplained: Bool {
        switch code {
        case .cut: true
        case .timeout: !isSlowAnswer
        default: isUnsaid && isTransientStatus && !isTooLarge
        }
    }

    /// Whether what the request held may get through in parts.
    package var isWorthSplitting: Bool { isTooLarge || isTimeout || isRefusedInBetween || isUnexplained }
}

extension ProblemDetails {
    /// The last part of the type.
    package var name: String { type.split(separator: "/").last.map(String.init) ?? type }
}
