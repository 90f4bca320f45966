import AgendaModel
import EventLog
import SyncTesting
import Testing

@testable import SyncServer

@Suite("Visitors whose pages take long")
struct SlowVisitorsTests {
    private let clock = ServerClock()
    private let slow: SlowVisitors

    init() { slow = SlowVisitors(now: clock.environment.elapsed) }

    @Test("They are known for a minute, and nobody else is")
    func memory() {
        let one = ConcurrencyLimiter.Client.address("192.0.2.1")
        let other = ConcurrencyLimiter.Client.address("192.0.2.2")
        let member = ConcurrencyLimiter.Client.member("member/b", of: "assen")
        slow.note(SlowVisitors.maximumTime + .milliseconds(1), for: one)
        slow.note(SlowVisitors.maximumTime, for: other)
        slow.note(.seconds(9), for: member)
        #expect(slow.has(one) && !slow.has(other) && !slow.has(member))
        // A page of a moment in between changes nothing.
        slow.note(.zero, for: one)
        clock.advance(seconds: 59)
        #expect(slow.has(one))
        clock.advance(seconds: 1)
        #expect(!slow.has(one))
    }

    @Test("No more are remembered than there is room for, and those from before make room")
    func room() {
        func client(_ number: Int) -> ConcurrencyLimiter.Client { .address("\(number)") }
        for number in 0...SlowVisitors.maximumCount { slow.note(.seconds(1), for: client(number)) }
        #expect(slow.has(client(0)) && !slow.has(client(SlowVisitors.maximumCount)))
        clock.advance(seconds: 60)
        slow.note(.seconds(1), for: client(SlowVisitors.maximumCount))
        #expect(!slow.has(client(0)) && slow.has(client(SlowVisitors.maximumCount)))
    }

    @Test("A thread's time goes on while it works")
    func time() {
        let begun = SlowVisitors.timeOfThread()
        while SlowVisitors.timeOfThread() == begun {}
        #expect(SlowVisitors.timeOfThread() > begun)
    }
}
