internal import AgendaModel
internal import EventLog
internal import EventLogTesting

/// What a server's store keeps when its process ends; broken on purpose for a canary.
final class Disk: ForwardingLogStore {
    let store: InMemoryLogStore
    let key: LogKey

    init(_ store: InMemoryLogStore, key: LogKey) {
        self.store = store
        self.key = key
    }
}
