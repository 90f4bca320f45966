import AgendaModel
import EventLog
import EventLogTesting
import Foundation
import Logging
import ServiceLifecycle
import SyncProtocol
import Testing

@testable import SyncServer

/// A server on a socket that can be stopped and begun again.
final class RunningServer: Sendable {
    let port: Int
    private let group: ServiceGroup
    private let task: Task<Void, any Error>

    init(_ source: MemorySource, port: Int = 0) async throws {
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

    func stop() async throws {
        await group.triggerGracefulShutdown()
        try await task.value
    }
}

extension InMemoryLogStore {
    /// Makes an invite.
    ///
    /// - Returns: its code.
    func invite(_ role: Role = .admin) throws -> String {
        let code = UUID().uuidString
        let expires = Timestamp(millisecondsSince1970: 4_070_908_800_000)
        try add(Invite(hash: InviteCode.hash(code), role: role, member: nil, expires: expires))
        return code
    }
}
