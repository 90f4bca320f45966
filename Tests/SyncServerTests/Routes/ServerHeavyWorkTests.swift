import EventLog
import Foundation
import HTTPTypes
import Hummingbird
import SyncTesting
import Synchronization
import Testing

@testable import SyncServer

@Suite("The threads that requests are worked on", .timeLimit(.minutes(10)))
struct ServerHeavyWorkTests {
    private final class Record: Sendable {
        let begun = Mutex(0)
        let isOpen = Mutex(false)
        let isAnswered = Mutex(false)

        func hold() {
            begun.withLock { $0 += 1 }
            while !isOpen.withLock({ $0 }) { sched_yield() }
        }
    }

    @Test(
        "What may take long is worked on with what takes others without a token long, if a visitor asks for it",
        arguments: [("/progress", "/progress"), ("/state?at=1", "/state?at=2")]
    )
    func visitors(path: String, ofMember: String) async throws {
        let rig = try await ServiceRig()
        let admin = try await rig.enrol(.admin)
        _ = try await rig.enrol(.recorder)
        try rig.store.open(to: .public)
        await rig.agenda.sequencer.refresh(isUrgent: true)
        let (work, record) = (rig.service.heavyWork, Record())
        let held = (0..<32).map { number in
            Task { try await work.run(for: "\(number)", takesLong: true, isForVisitors: true) { record.hold() } }
        }
        func count() -> Int { work.waitingCount + record.begun.withLock { $0 } }
        while count() < held.count { await Task.yield() }
        let visitor = Task {
            let status = try await rig.answer(rig.request(path, .get, by: nil)).status
            record.isAnswered.withLock { $0 = true }
            return status
        }
        #expect(try await rig.answer(rig.request(ofMember, .get, by: admin)).status == .ok)
        while count() <= held.count, !record.isAnswered.withLock({ $0 }) { await Task.yield() }
        #expect(!record.isAnswered.withLock { $0 })
        record.isOpen.withLock { $0 = true }
        for each in held { try await each.value }
        #expect(try await visitor.value == .ok)
    }
}
