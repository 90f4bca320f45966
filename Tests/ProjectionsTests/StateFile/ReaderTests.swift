import AgendaModel
import EventLog
import Foundation
import GRDB
import Synchronization
import Testing

@testable import EventLogSQLite
@testable import Projections

@Suite("Who reads a file at once", .timeLimit(.minutes(5)))
struct ReaderTests {
    /// What all the threads wait at.
    private final class Gate: Sendable {
        let reading = Mutex(0)
        let isOpen = Mutex(false)
    }

    @Test("Log and state have as many readers as heavy work leaves room for")
    func counts() {
        #expect(StateConnection.configuration().maximumReaderCount == HeavyWork.readerCount)
        #expect(SQLiteLogStore.configuration().maximumReaderCount == HeavyWork.readerCount)
    }

    @Test("A look at the state waits for no heavy work that reads it, on all the threads that there are")
    func looks() async throws {
        let folder = try TestFolder()
        let file = try folder.stateFile()
        let work = HeavyWork()
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<HeavyWork.usualWidth {
                tasks.addTask {
                    try await work.run(for: "\(number)") {
                        try file.readAsIs { _ in
                            gate.reading.withLock { $0 += 1 }
                            while !gate.isOpen.withLock({ $0 }) { sched_yield() }
                        }
                    }
                }
            }
            while gate.reading.withLock({ $0 }) < HeavyWork.usualWidth { await Task.yield() }
            do {
                defer { gate.isOpen.withLock { $0 = true } }
                #expect(try file.readAsIs { $0.size } == .zero)
            }
            try await tasks.waitForAll()
        }
        try file.close()
    }
}
