import AgendaModel
import SyncProtocol
import Synchronization
import Testing

@testable import SyncServer

@Suite("Turns of those who read the past", .timeLimit(.minutes(10)))
struct PermitTurnTests {
    /// Time that passes when it is told to.
    private final class Timer: Sendable {
        private let isOver = Mutex(false)

        func end() { isOver.withLock { $0 = true } }

        func sleep() async throws {
            while !isOver.withLock({ $0 }) {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    private let timer: Timer
    private let limiter: ConcurrencyLimiter

    init() {
        let timer = Timer()
        self.timer = timer
        var capacity = ServerOptions.Capacity()
        capacity.historicalReads = 1
        capacity.historicalReadsEach = 1
        limiter = ConcurrencyLimiter(capacity, sleeping: { _ in try await timer.sleep() })
    }

    private func turn(_ member: MemberID, of agenda: AgendaName = "assen") async throws -> Permit {
        try await limiter.turn(for: .historicalRead, of: .member(member, of: agenda))
    }

    /// Has somebody wait, who tells when it is their turn and lets the next one go on.
    private func queue(
        _ member: MemberID,
        of agenda: AgendaName = "assen",
        _ served: @escaping @Sendable () -> Void = {}
    ) async -> Task<Void, any Error> {
        let before = limiter.waitingCount(of: .historicalRead)
        let task = Task {
            let permit = try await turn(member, of: agenda)
            served()
            permit.release()
        }
        while limiter.waitingCount(of: .historicalRead) == before { await Task.yield() }
        return task
    }

    @Test("Who asks again comes behind those who have waited, and has one request in the queue")
    func order() async throws {
        let first = try await turn("member/a")
        let order = Order()
        var tasks: [Task<Void, any Error>] = []
        for name in ["b", "a", "c"] as [String] {
            tasks.append(await queue(MemberID(unchecked: "member/\(name)")) { order.add(name) })
        }
        await #expect(throws: ProblemDetails.self) { try await turn("member/a") }
        first.release()
        for task in tasks { try await task.value }
        #expect(order.names == ["b", "a", "c"])
        #expect(limiter.count(of: .historicalRead) == 0 && limiter.waitingCount(of: .historicalRead) == 0)
    }

    @Test("The members of one agenda leave room in the queue for those of others")
    func room() async throws {
        let first = try await turn("member/a")
        var tasks: [Task<Void, any Error>] = []
        for number in 1...6 { tasks.append(await queue(MemberID(unchecked: "member/\(number)"))) }
        let problem = await #expect(throws: ProblemDetails.self) { try await turn("member/7") }
        #expect(problem?.problem == .busy)
        tasks.append(await queue("member/7", of: "borger"))
        first.release()
        for task in tasks { try await task.value }
    }

    @Test("Nobody waits for longer than a while, and whoever has gone takes nobody's turn")
    func leaving() async throws {
        let first = try await turn("member/a")
        let gone = await queue("member/b")
        gone.cancel()
        await #expect(throws: CancellationError.self) { try await gone.value }
        let late = await queue("member/c")
        timer.end()
        let problem = await #expect(throws: ProblemDetails.self) { try await late.value }
        #expect(problem?.problem == .busy)
        first.release()
        let next = try await turn("member/d")
        #expect(limiter.count(of: .historicalRead) == 1 && limiter.waitingCount(of: .historicalRead) == 0)
        withExtendedLifetime(next) {}
    }

    @Test("What waits for clients is refused at once when there is no permit left")
    func others() async throws {
        let client = ConcurrencyLimiter.Client.member("member/a", of: "assen")
        var held: [Permit] = []
        for _ in 1...ServerOptions.Capacity().pullsEach {
            held.append(try await limiter.turn(for: .pull, of: client))
        }
        await #expect(throws: ProblemDetails.self) { try await limiter.turn(for: .pull, of: client) }
        #expect(limiter.count(of: .pull) == held.count)
    }

    private final class Order: Sendable {
        private let state = Mutex<[String]>([])
        var names: [String] { state.withLock { $0 } }
        func add(_ name: String) { state.withLock { $0.append(name) } }
    }
}
