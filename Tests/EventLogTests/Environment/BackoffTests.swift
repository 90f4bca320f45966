import EventLog
import Testing

struct BackoffTests {
    @Test("Waits grow by the factor, and stop at the cap", arguments: [2, 3])
    func growth(factor: Int) {
        let backoff = Backoff(base: .seconds(1), factor: factor, cap: .seconds(20))
        let expected = factor == 2 ? [1, 2, 4, 8, 16, 20, 20] : [1, 3, 9, 20, 20, 20, 20]
        #expect((1...7).map { backoff.delay(afterFailures: $0) } == expected.map { .seconds($0) })
        #expect(backoff.delay(afterFailures: .max) == .seconds(20), "without overflow, and at once")
    }

    @Test("A factor of 1 waits as long each time, and a base beyond the cap is cut to it")
    func edges() {
        let even = Backoff(base: .seconds(3), factor: 1, cap: .seconds(20))
        #expect(even.delay(afterFailures: 1) == .seconds(3))
        #expect(even.delay(afterFailures: .max) == .seconds(3))
        #expect(Backoff(base: .seconds(9), cap: .seconds(5)).delay(afterFailures: 1) == .seconds(5))
    }

    @Test("Chance takes away up to its part of a wait")
    func jitter() {
        let backoff = Backoff(base: .seconds(8), cap: .seconds(60), jitter: 0.5)
        #expect(backoff.delay(afterFailures: 1, draw: 0) == .seconds(4))
        #expect(backoff.delay(afterFailures: 1, draw: 0.5) == .seconds(6))
        #expect(backoff.delay(afterFailures: 1, draw: 1) == .seconds(8))
        #expect(Backoff(base: .seconds(8), cap: .seconds(60)).delay(afterFailures: 1, draw: 0) == .seconds(8))
    }

    @Test("What the other side asks for lengthens a wait up to the cap, and never shortens one")
    func asked() {
        let backoff = Backoff(base: .seconds(8), cap: .seconds(60), jitter: 0.5)
        #expect(backoff.delay(afterFailures: 1, draw: 0, asked: .seconds(1)) == .seconds(4))
        #expect(backoff.delay(afterFailures: 1, draw: 0, asked: .seconds(30)) == .seconds(30))
        #expect(backoff.delay(afterFailures: 1, draw: 0, asked: .seconds(3600)) == .seconds(60))
    }
}
