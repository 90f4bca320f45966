import HTTPTypes
import Synchronization
import Testing

@testable import SyncServer

@Suite("The log of refused requests")
struct RefusalLogRateTests {
    @Test("Somebody who is refused again and again gets a line each ten seconds, with how many more there were")
    func pause() {
        let now = Mutex(Duration.zero)
        let rate = RefusalLogRate { now.withLock { $0 } }
        #expect(rate.take("a") == 0)
        for _ in 0..<5 { #expect(rate.take("a") == nil) }
        #expect(rate.take("b") == 0)
        now.withLock { $0 = .seconds(10) }
        #expect(rate.take("a") == 5)
        #expect(rate.take("a") == nil)
        now.withLock { $0 = .seconds(20) }
        #expect(rate.take("a") == 1)
    }

    @Test("Any number of senders take a bounded number of lines at one moment")
    func many() {
        let rate = RefusalLogRate { .zero }
        let told = (0..<20_000).count { rate.take("\($0)") != nil }
        #expect(told <= 4097)
    }

    @Test("Who is refused twice and goes makes room for others")
    func gone() {
        let now = Mutex(Duration.zero)
        let rate = RefusalLogRate { now.withLock { $0 } }
        for number in 0..<5000 { for _ in 0..<2 { _ = rate.take("gone \(number)") } }
        now.withLock { $0 = .seconds(60) }
        // Each has a line of its own again.
        #expect((0..<100).count { rate.take("new \($0)") == 0 } == 100)
    }

    @Test(
        "The trace of a request is taken over where it is one",
        arguments: [
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", "4bf92f3577b34da6a3ce929d0e0e4736"),
            ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", nil),
            ("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", nil),
            ("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", nil), ("00-4bf9-00f067aa0ba902b7-01", nil),
            ("", nil), ("00-4bf92f3577b34da6a3ce929d0e0e47\"6-00f067aa0ba902b7-01", nil),
        ] as [(String, String?)]
    )
    func trace(_ header: String, _ expected: String?) {
        #expect(TraceParent([.traceParent: header])?.trace == expected)
    }

    @Test("A request without the header has no trace")
    func none() { #expect(TraceParent(HTTPFields()) == nil) }
}
