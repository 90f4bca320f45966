package import AgendaModel
package import AgendaPages
package import Foundation
internal import HTTPTypes
internal import Hummingbird
package import Logging
internal import NIOCore
package import SyncClient
internal import SyncServer
internal import Synchronization
package import Wording

/// Serves the pages of a replica to the browser of this laptop, and syncs meanwhile.
package final class LaptopServer: Sendable {
    /// What pages are of.
    package enum Place: Sendable {
        case replica(Replica)
        /// A folder that there is not yet, or that is empty: the first page asks for an invite.
        case newReplica(String)
    }

    /// What whoever started the program is told.
    package enum Happening: Sendable {
        /// Pages are served at this address, secret included.
        case ready(String)
        /// A browser was let in with the secret, which lets nobody in any more.
        case letIn
        /// Somebody came with the secret after it was used: one of the two is not the owner's browser.
        case keyUsedAgain
    }

    private let gate: Gate
    private let home: Home
    private let responder: LaptopResponder
    private let port: Int
    private let logger: Logger
    private let telling: @Sendable (Happening) -> Void

    /// - Parameters:
    ///   - place: what the pages are of; it is closed when serving ends.
    ///   - port: of the loopback address; 0 = any that is free.
    ///   - language: in which pages are until a visitor chooses another.
    ///   - guides: for people who use the program, by language.
    ///   - timeZone: in which days and times are told and read.
    ///   - environment: time and randomness.
    ///   - logger: gets what fails, without what anybody recorded.
    ///   - telling: gets what happens, from any thread.
    package init(
        _ place: Place,
        port: Int,
        language: Language,
        guides: [Language: [PageGuide]],
        timeZone: TimeZone,
        environment: RuntimeEnvironment,
        logger: Logger,
        telling: @escaping @Sendable (Happening) -> Void
    ) {
        gate = Gate(environment)
        home = Home(place, environment: environment, timeZone: timeZone, base: gate.base, token: gate.token)
        responder = LaptopResponder(
            gate: gate,
            home: home,
            language: language,
            guides: guides,
            telling: telling
        )
        self.telling = telling
        self.port = port
        self.logger = logger
    }

    /// How long requests may go on after a signal.
    private static let shutdownTime = Duration.seconds(5)

    /// Serves until SIGTERM or SIGINT.
    ///
    /// - Throws: `ServerError` where the port cannot be listened on.
    package func run() async throws {
        let server = BoundedServer(serving: 1, logger: logger)
        let application = Application(
            responder: responder,
            server: server.builder,
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: port),
                serverName: nil,
                availableConnectionsDelegate: server.availableConnections
            ),
            onServerRunning: { [gate, telling] channel in
                if let port = channel.localAddress?.port { telling(.ready(gate.address(at: port))) }
            },
            logger: logger
        )
        home.desk?.sync.begin()
        do {
            try await application.run(untilSignalWithin: Self.shutdownTime, logger: logger)
        } catch {
            await home.end()
            throw ServerError(listening: error, on: "127.0.0.1:\(port)") ?? error
        }
        await home.end()
    }
}
