/// A sort of request that is limited in number.
package enum RateClass: String, CaseIterable, Sendable {
    // Of one device, whose requests come with its token.

    /// Pushes.
    case push
    /// Pulls, and reading what is folded.
    case read
    /// Invites, revocations, tokens and further devices.
    case administration

    // Of one address.

    /// Enrolments with an invite, or with a token that is not good.
    case enrolment
    /// Requests with a token or an invite that is not known: what guessing consists of.
    case failure
    /// Everything else that comes without a good token: the reading that needs none, and what is then refused.
    case publicRead = "public-read"
}

/// How often something may be done: so many times at once, and so many times a second in the long run.
package struct Rate: Hashable, Sendable {
    package var perSecond: Double
    package var burst: Double

    /// - Parameters:
    ///   - perSecond: in the long run; more than 0.
    ///   - burst: at once; at least 1.
    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Reads `20/200`: 20 a second, 200 at once.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 2, let perSecond = parts[0], let burst = parts[1],
            (0.001...1e9).contains(perSecond), (1...1e9).contains(burst)
        else { return nil }
        self.init(perSecond: perSecond, burst: burst)
    }
}

/// The rates of each class; one without a rate is not limited.
package struct Rates: Hashable, Sendable {
    package var byClass: [RateClass: Rate]

    package init(_ byClass: [RateClass: Rate]) { self.byClass = byClass }

    /// More than any laptop needs, less than a server cannot take.
    package static let standard = Rates([
        .push: Rate(perSecond: 50, burst: 500),
        .read: Rate(perSecond: 100, burst: 1000),
        .administration: Rate(perSecond: 10, burst: 200),
        .enrolment: Rate(perSecond: 20, burst: 500),
        .failure: Rate(perSecond: 1, burst: 60),
        .publicRead: Rate(perSecond: 20, burst: 200),
    ])

    /// No limits.
    package static let unlimited = Rates([:])
}
