import Testing

@testable import EventLogPostgreSQL

@Suite("After commits that nobody confirmed")
struct CommitPauseTests {
    @Test("the pause grows with each, up to a minute, and ends with one that is confirmed")
    func growing() {
        let start = ContinuousClock.now
        var pause = CommitPause()
        #expect(!pause.holds(at: start))
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            pause.wasNotConfirmed(at: start)
            #expect(pause.holds(at: start + .seconds(seconds) - .milliseconds(1)))
            #expect(!pause.holds(at: start + .seconds(seconds)))
        }
        pause.wasConfirmed()
        #expect(!pause.holds(at: start))
        pause.wasNotConfirmed(at: start)
        #expect(!pause.holds(at: start + .seconds(1)))
    }
}
