public import AgendaModel

/// Time and randomness, as parameters.
public struct ReplicaEnvironment: Sendable {
    /// The laptop's clock.
    public var now: @Sendable () -> Timestamp
    /// That many random bytes, fit for secrets.
    public var random: @Sendable (Int) -> [UInt8]
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// Makes an environment from its parts.
    public init(
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8],
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.random = random
        self.sleep = sleep
    }

    /// The system's clock and generator.
    public static let system = ReplicaEnvironment(
        now: { Timestamp(millisecondsSince1970: WallClock.millisecondsSince1970()) },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        },
        sleep: { try await Task.sleep(for: $0) }
    )
}
