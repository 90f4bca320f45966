public import AgendaModel

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Time and randomness, as parameters.
public struct ReplicaEnvironment: Sendable {
    /// The laptop's clock.
    public var now: @Sendable () -> Timestamp
    /// That many random bytes, fit for secrets.
    public var random: @Sendable (Int) -> [UInt8]
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// The PEM file of the certificates that a server's certificate may rest on; nil = the system's.
    public var trustedCertificates: String?

    /// Makes an environment from its parts.
    public init(
        now: @escaping @Sendable () -> Timestamp,
        random: @escaping @Sendable (Int) -> [UInt8],
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        trustedCertificates: String? = nil
    ) {
        self.now = now
        self.random = random
        self.sleep = sleep
        self.trustedCertificates = trustedCertificates
    }

    /// The system's clock, generator and certificates; `SSL_CERT_FILE` names other certificates, as it does for most
    /// programs.
    public static let system = ReplicaEnvironment(
        now: { Timestamp(millisecondsSince1970: WallClock.millisecondsSince1970()) },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        },
        sleep: { try await Task.sleep(for: $0) },
        trustedCertificates: getenv("SSL_CERT_FILE").map { String(cString: $0) }
    )
}
