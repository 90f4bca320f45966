/// The rates of each class; one without a rate is not limited.
package struct Rates: Hashable, Sendable {
    package var byClass: [RateClass: Rate]

    package init(_ byClass: [RateClass: Rate]) { self.byClass = byClass }

    /// More than any laptop needs, less than a server cannot take.
    package static let standard = Rates([
        .push: Rate(perSecond: 50, burst: 500),
        .pushedEvents: Rate(perSecond: 20_000, burst: 1_000_000),
        .pushedBytes: Rate(perSecond: 8_000_000, burst: 400_000_000),
        .read: Rate(perSecond: 100, burst: 1000),
        .administration: Rate(perSecond: 10, burst: 200),
        .enrolment: Rate(perSecond: 20, burst: 500),
        .failure: Rate(perSecond: 1, burst: 60),
        .publicRead: Rate(perSecond: 20, burst: 200),
        .operations: Rate(perSecond: 50, burst: 500),
        .unknownPath: Rate(perSecond: 50, burst: 500),
        .publicBytes: Rate(perSecond: 4_000_000, burst: 200_000_000),
    ])
}
