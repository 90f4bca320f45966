internal import EventLog
package import HummingbirdCore
package import Logging

/// A server within what its process may have open: it ends connections that take too long, and reads no body that nobody wants.
package struct BoundedServer: Sendable {
    /// Makes its channels.
    package let builder: HTTPServerBuilder
    /// Accepting pauses beyond it.
    package let availableConnections: MaximumAvailableConnections

    /// - Parameters:
    ///   - logs: how many logs the process has open.
    ///   - proxies: the addresses of proxies in front, in the form of `RemoteAddress.text`.
    ///   - logger: told when files are few.
    package init(serving logs: Int, trusting proxies: Set<String> = [], logger: Logger) {
        let limits = ConnectionLimits.ofProcess(serving: logs, logger)
        builder = .limited(by: ConnectionTable(limits)) { RemoteAddress.key(ofConnection: $0, trusting: proxies) }
        availableConnections = MaximumAvailableConnections(limits.pausing)
    }
}
