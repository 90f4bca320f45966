import AgendaModel
import Dispatch
import EventLog
import EventLogTesting
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

/// A store that shows itself as it was, once, and then says that it was looked at.
private final class LateStore: ForwardingLogStore {
    let store: InMemoryLogStore
    private let former = Mutex<(head: LogHead, wasSeen: @Sendable () -> Void)?>(nil)

    init(_ store: InMemoryLogStore) { self.store = store }

    func showOnce(_ head: LogHead, then wasSeen: @escaping @Sendable () -> Void) {
        former.withLock { $0 = (head, wasSeen) }
    }

    func head() throws -> LogHead {
        let shown = former.withLock { former in
            defer { former = nil }
            return former
        }
        guard let shown else { return try store.head() }
        shown.wasSeen()
        return shown.head
    }
}

struct ReadModelsTests {
    @Test("Who asks while the log is being looked at gets what was committed since that look")
    func commitDuringFolding() async throws {
        var generator = CommitGenerator(seed: 7)
        let store = InMemoryLogStore(identity: generator.identity)
        let late = LateStore(store)
        let folder = try TestFolder()
        let models = ReadModels(of: late, at: folder.file("state.sqlite"), agenda: "assen")
        #expect(try store.append(generator.next(count: 5), expecting: .zero) == .committed)
        #expect(try await models.read(atLeast: LogSize(5)) { _, size in size } == LogSize(5))

        let before = try store.head()
        #expect(try store.append(generator.next(count: 1), expecting: LogSize(5)) == .committed)
        let seen = try await withThrowingTaskGroup(of: LogSize.self) { group in
            let (asked, asking) = AsyncStream.makeStream(of: Void.self)
            let reads = DispatchSemaphore(value: 0)
            late.showOnce(before) {
                asking.finish()
                // The folding goes on when the reader waits for it.
                reads.wait()
            }
            models.logHasGrown()
            let seesReader = Task {
                while models.waitingCount == 0, !Task.isCancelled { await Task.yield() }
                reads.signal()
            }
            group.addTask {
                for await _ in asked {}
                return try await models.read(atLeast: LogSize(6)) { _, size in size }
            }
            defer { seesReader.cancel() }
            return try await group.next()
        }
        #expect(seen == LogSize(6))
        await models.stop()
    }
}
