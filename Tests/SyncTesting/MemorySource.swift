package import AgendaModel
package import EventLog
package import EventLogTesting
internal import Foundation
package import SyncServer
internal import Synchronization

/// Agendas in memory, as a server finds them.
package final class MemorySource: AgendaSource {
    private struct State {
        var agendas: [AgendaName: any LogStore] = [:]
        var broken: Set<AgendaName> = []
        var seen: [AgendaName: SeenInMemory] = [:]
    }

    private let state = Mutex(State())
    private let folder: String

    package init() throws {
        folder = NSTemporaryDirectory() + "ambit-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    package static func key(_ name: AgendaName) throws -> LogKey {
        try LogKey(origin: "test.example/agendas/\(name)", seed: [UInt8](repeating: 7, count: 32))
    }

    /// Makes an empty agenda.
    @discardableResult
    package func add(_ name: AgendaName) throws -> InMemoryLogStore {
        let key = try Self.key(name)
        let store = InMemoryLogStore(identity: LogIdentity(origin: key.origin, verifierKey: key.verifier))
        state.withLock { $0.agendas[name] = store }
        return store
    }

    package func store(_ name: AgendaName) -> (any LogStore)? { state.withLock { $0.agendas[name] } }

    /// What has been noted as shown of an agenda's log.
    package func seen(_ name: AgendaName) -> SeenInMemory {
        state.withLock { state in
            let seen = state.seen[name] ?? SeenInMemory()
            state.seen[name] = seen
            return seen
        }
    }

    /// Makes opening the agenda fail.
    package func damage(_ name: AgendaName) { state.withLock { _ = $0.broken.insert(name) } }

    package func names() throws -> [AgendaName] { state.withLock { Array($0.agendas.keys) + $0.broken } }

    package func open(_ name: AgendaName) throws -> OpenedAgenda? {
        let (store, isBroken) = state.withLock { ($0.agendas[name], $0.broken.contains(name)) }
        guard !isBroken else { throw LogError(.corrupt, "segment 3 of /secret/place is damaged") }
        guard let store else { return nil }
        return OpenedAgenda(
            store: store,
            key: try Self.key(name),
            seen: seen(name),
            statePath: "\(folder)/\(name).sqlite"
        )
    }
}
