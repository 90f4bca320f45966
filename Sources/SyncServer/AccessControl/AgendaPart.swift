internal import EventLog
internal import SyncProtocol

/// What a reader may get of an agenda.
enum AgendaPart: Sendable {
    /// What is folded from the log, and what describes the agenda.
    case folded
    /// The log itself, with names and notes.
    case log

    /// Whether anybody may read it, without a token.
    func isOpen(at openness: Openness) -> Bool {
        switch (self, openness) {
        case (_, .members), (.log, .public): false
        case (_, .publicLog), (.folded, .public): true
        }
    }

    /// Who reads this part: a device, or anybody where no token was sent and the part is open.
    ///
    /// - Throws: `unauthenticated`, `device-revoked` or `rate-limited`.
    func reader(
        _ identity: Identity,
        from address: String,
        at openness: Openness,
        rates: RateLimiter
    ) throws(ProblemDetails) -> Reader {
        if case .withoutToken = identity, isOpen(at: openness) { return .anybody(from: address) }
        let right = self == .folded || isOpen(at: openness) ? Right.readPublic : .read
        return .device(try right.caller(identity, rates: rates))
    }
}
