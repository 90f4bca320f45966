import Foundation
import Synchronization
import Testing

@testable import EventLog

@Suite("Heavy work", .timeLimit(.minutes(10)))
struct HeavyWorkTests {
    /// What was done, and when it may go on.
    private final class Record: Sendable {
        let order = Mutex<[String]>([])
        let isOpen = Mutex(false)
        let present = Mutex((now: 0, most: 0))

        func wait() {
            present.withLock { $0.now += 1 }
            while !isOpen.withLock({ $0 }) { sched_yield() }
        }

        func add(_ client: String) { order.withLock { $0.append(client) } }

        func enter() { present.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }

        func leave() { present.withLock { $0.now -= 1 } }
    }

    @Test("Clients take turns")
    func turns() async throws {
        let work = HeavyWork(width: 1)
        let record = Record()
        let first = Task { try await work.run(for: "a") { record.wait() } }
        while record.present.withLock({ $0.now }) == 0 { await Task.yield() }
        var others: [Task<Void, any Error>] = []
        for client in ["a", "a", "a", "b", "c"] {
            others.append(Task { try await work.run(for: client) { record.add(client) } })
            while work.waitingCount < others.count { await Task.yield() }
        }
        record.isOpen.withLock { $0 = true }
        try await first.value
        for other in others { try await other.value }
        #expect(record.order.withLock { $0 } == ["a", "b", "c", "a", "a"])
    }

    @Test("No more is done at once than there are threads, and all of it is done")
    func width() async throws {
        let work = HeavyWork(width: 2)
        let record = Record()
        let tasks = (0..<200).map { number in
            Task {
                try await work.run(for: "\(number % 7)") {
                    record.enter()
                    defer { record.leave() }
                    sched_yield()
                    return number
                }
            }
        }
        for (number, task) in tasks.enumerated() { #expect(try await task.value == number) }
        #expect((1...2).contains(record.present.withLock { $0.most }))
        #expect(work.waitingCount == 0)
    }

    @Test("What takes long leaves a thread to what does not")
    func long() async throws {
        let work = HeavyWork(width: 2)
        let record = Record()
        let long = (0..<3).map { number in
            Task { try await work.run(for: "\(number)", takesLong: true) { record.wait() } }
        }
        while record.present.withLock({ $0.now }) == 0 { await Task.yield() }
        try await work.run(for: "a") { record.add("a") }
        #expect(record.present.withLock { $0.now } == 1)
        record.isOpen.withLock { $0 = true }
        for task in long { try await task.value }
        #expect(record.present.withLock { $0.now } == 3)
        #expect(work.waitingCount == 0)
    }

    @Test("What visitors ask for never has all the threads, nor all of those for what takes long", arguments: 1...5)
    func visitors(width: Int) async throws {
        let work = HeavyWork(width: width)
        let (visits, record) = (Record(), Record())
        let visitors = (0..<6).map { number in
            Task {
                try await work.run(for: "\(number)", takesLong: number % 2 == 0, isForVisitors: true) { visits.wait() }
            }
        }
        while visits.present.withLock({ $0.now }) < max(1, width - 2) { await Task.yield() }
        if width > 1 { try await work.run(for: "a") { record.add("a") } }
        if width > 2 { try await work.run(for: "a", takesLong: true) { record.add("b") } }
        #expect(visits.present.withLock { $0.now } == max(1, width - 2))
        visits.isOpen.withLock { $0 = true }
        for visitor in visitors { try await visitor.value }
        // Everything is done in the end, by whoever is there.
        try await work.run(for: "a", takesLong: true) { record.add("c") }
        #expect(work.waitingCount == 0)
    }

    @Test("What takes a visitor moments does not wait for what takes others long", arguments: [nil, 4, 5] as [Int?])
    func briefVisits(width: Int?) async throws {
        let work = HeavyWork(width: width)
        let record = Record()
        let long = (0..<8).map { number in
            Task { try await work.run(for: "\(number)", takesLong: true, isForVisitors: true) { record.wait() } }
        }
        while record.present.withLock({ $0.now }) + work.waitingCount < long.count { await Task.yield() }
        try await work.run(for: "a", isForVisitors: true) { record.add("a") }
        #expect(record.order.withLock { $0 } == ["a"])
        record.isOpen.withLock { $0 = true }
        for task in long { try await task.value }
        #expect(work.waitingCount == 0)
    }

    @Test(
        "What takes a visitor or a member moments does not wait for all that takes both long",
        arguments: [nil, 4, 5, 8] as [Int?]
    )
    func briefBesideAllThatIsLong(width: Int?) async throws {
        let work = HeavyWork(width: width)
        let record = Record()
        let long = (0..<24).map { number in
            Task {
                try await work.run(for: "\(number)", takesLong: true, isForVisitors: number % 2 == 0) { record.wait() }
            }
        }
        while record.present.withLock({ $0.now }) + work.waitingCount < long.count { await Task.yield() }
        for isForVisitors in [true, false] {
            try await work.run(for: "a", isForVisitors: isForVisitors) {
                record.add(isForVisitors ? "visitor" : "member")
            }
        }
        #expect(record.order.withLock { $0 } == ["visitor", "member"])
        record.isOpen.withLock { $0 = true }
        for task in long { try await task.value }
        #expect(work.waitingCount == 0)
    }

    @Test("What takes visitors long keeps nobody's from being begun", arguments: 3...5)
    func longOfBoth(width: Int) async throws {
        let work = HeavyWork(width: width)
        let record = Record()
        let visitors = (0..<6).map { number in
            Task { try await work.run(for: "\(number)", takesLong: true, isForVisitors: true) { record.wait() } }
        }
        while record.present.withLock({ $0.now }) == 0 { await Task.yield() }
        try await work.run(for: "a", takesLong: true) { record.add("a") }
        #expect(record.order.withLock { $0 } == ["a"])
        record.isOpen.withLock { $0 = true }
        for visitor in visitors { try await visitor.value }
    }

    @Test("On every machine, more may read a file than there are threads that read it", arguments: [1, 2, 12, 17, 64])
    func readers(processors: Int) {
        let width = HeavyWork.width(onProcessors: processors)
        #expect(width >= 4 && width > processors / 2)
        #expect(HeavyWork.readers(besideThreads: width) > width + 1)
    }

    struct Failure: Error {}

    @Test("What fails, fails for who asked")
    func failing() async {
        let work = HeavyWork()
        await #expect(throws: Failure.self) { try await work.run(for: "a") { throw Failure() } }
    }

    #if os(Linux)
        private static func niceness() -> CInt { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

        @Test("Everything else has the processors first")
        func priority() async throws {
            let usual = Self.niceness()
            let heavy = try await HeavyWork().run(for: "a") { Self.niceness() }
            #expect(heavy > usual || usual >= 10)
        }
    #endif
}
