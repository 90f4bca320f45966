public import AgendaModel

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension RuntimeEnvironment {
    /// The system's clock and generator, and the variables that this program was started with.
    public static let system = RuntimeEnvironment(
        now: { Timestamp(millisecondsSince1970: Int((Date().timeIntervalSince1970 * 1000).rounded(.down))) },
        random: { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        },
        variables: ProcessInfo.processInfo.environment
    )
}
