package import AgendaModel
internal import EventLog
package import EventLogTesting
internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import SyncServer
internal import Testing

/// A server on a socket that can be stopped and begun again.
package final class RunningServer: Sendable {
    /// The port on 127.0.0.1.
    package let port: Int
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    package init(_ source: MemorySource, port: Int = 0) async throws {
        var options = ServerOptions()
        options.port = port
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let server = try AmbitServer(source: source, options: options, logger: logger)
        let group = ServiceGroup(services: [server], logger: logger)
        self.group = group
        task = Task { try await group.run() }
        self.port = try #require(await server.port)
    }

    package func stop() async throws {
        await group.triggerGracefulShutdown()
        try await task.value
    }
}

extension InMemoryLogStore {
    /// Makes an invite.
    ///
    /// - Returns: its code.
    package func invite(_ role: Role = .admin) throws -> String {
        let code = UUID().uuidString
        let expires = Timestamp(millisecondsSince1970: 4_070_908_800_000)
        try add(Invite(hash: InviteCode.hash(code), role: role, member: nil, expires: expires))
        return code
    }
}
