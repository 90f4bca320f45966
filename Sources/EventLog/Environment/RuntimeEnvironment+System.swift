public import AgendaModel

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension RuntimeEnvironment {
    /// The system's clock, generator and certificates; `SSL_CERT_FILE` names other certificates, as it does for most
    /// programs.
    public static let system = RuntimeEnvironment(
        now: { Timestamp(millisecondsSince1970: Int((Date().timeIntervalSince1970 * 1000).rounded(.down))) },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        },
        trustedCertificates: ProcessInfo.processInfo.environment["SSL_CERT_FILE"]
    )
}
