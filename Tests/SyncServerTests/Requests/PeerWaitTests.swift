import AgendaModel
import SyncTesting
import Testing

@testable import SyncServer

@Suite("How long a request waits for its client")
struct PeerWaitTests {
    private let clock = ServerClock()
    private let wait: PeerWait

    init() { wait = PeerWait(now: clock.environment.elapsed) }

    /// Lets the client take so long for so many bytes.
    private func take(seconds: Double, bytes: Int) {
        wait.begin()
        clock.advance(seconds: seconds)
        wait.end(after: bytes)
    }

    @Test("It waits from when it is the client's turn until the client has done something")
    func turns() {
        #expect(!wait.isWaiting && wait.spent == .zero)
        wait.begin()
        clock.advance(seconds: 3)
        #expect(wait.isWaiting && wait.spent == .seconds(3))
        wait.end(after: 0)
        clock.advance(seconds: 100)
        #expect(!wait.isWaiting && wait.spent == .seconds(3), "the server's own time is nobody's")
        take(seconds: 2, bytes: 0)
        #expect(wait.spent == .seconds(5))
    }

    @Test("Waiting for others is no time of the client's")
    func inLine() async throws {
        try await wait.inLine {
            clock.advance(seconds: 3)
            #expect(wait.isWaiting && wait.spent == .zero)
            take(seconds: 2, bytes: 0)
            #expect(wait.isWaiting && wait.spent == .seconds(2))
        }
        #expect(!wait.isWaiting && wait.spent == .seconds(2))
        await #expect(throws: CancellationError.self) { try await wait.inLine { throw CancellationError() } }
        #expect(!wait.isWaiting)
    }

    @Test("Who sends a byte now and then is waited for all the time; who sends what is due is not")
    func trickle() {
        for _ in 1...10 { take(seconds: 1, bytes: 1) }
        #expect(wait.spent > .seconds(9))
        for _ in 1...100 { take(seconds: 1, bytes: 2 * PeerWait.bytesPerSecond) }
        #expect(wait.spent == .zero)
        for _ in 1...100 { take(seconds: 1, bytes: PeerWait.bytesPerSecond) }
        #expect(wait.spent == .zero)
    }

    @Test("Whoever has sent a lot saves nothing up for later")
    func saving() {
        take(seconds: 0, bytes: 1 << 30)
        take(seconds: 4, bytes: 0)
        #expect(wait.spent == .seconds(4))
    }
}
