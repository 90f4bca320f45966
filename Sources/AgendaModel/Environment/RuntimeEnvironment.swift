/// What a running program takes from the machine: time, randomness and waiting, as parameters.
///
/// Only the outermost layer names the system's; tests and simulations pass their own.
public struct RuntimeEnvironment: Sendable {
    /// The clock on the wall, which people may set.
    public var now: @Sendable () -> Timestamp
    /// The time since some moment in the past; goes on evenly when the clock of `now` is set.
    public var elapsed: @Sendable () -> Duration
    /// That many random bytes, fit for secrets.
    public var random: @Sendable (Int) -> [UInt8]
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// The variables that say how the network is reached, such as `HTTPS_PROXY`.
    public var variables: [String: String]

    /// An environment of one's own.
    ///
    /// Left out, time is counted and waited for as the system does it, and there are no variables.
    public init(
        now: @escaping @Sendable () -> Timestamp,
        elapsed: @escaping @Sendable () -> Duration = RuntimeEnvironment.sinceStart,
        random: @escaping @Sendable (Int) -> [UInt8],
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        variables: [String: String] = [:]
    ) {
        self.now = now
        self.elapsed = elapsed
        self.random = random
        self.sleep = sleep
        self.variables = variables
    }

    /// The PEM file of the certificates that a server's certificate may rest on; nil = the system's.
    ///
    /// `SSL_CERT_FILE` names it, as it does for most programs.
    public var trustedCertificates: String? { variables["SSL_CERT_FILE"] }

    private static let start = ContinuousClock.now

    /// The time since this was first called.
    @Sendable public static func sinceStart() -> Duration { start.duration(to: .now) }

    /// A number drawn from 0 to 1, both included.
    public func draw() -> Double {
        Double(random(2).reduce(0) { $0 << 8 | Int($1) }) / 65_535
    }
}
