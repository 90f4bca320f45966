import AgendaModel
import Testing

@testable import SyncClient

/// The decisions of a watch, without anything being done.
struct WatchMachineTests {
    private let now = Timestamp(millisecondsSince1970: 1_800_000_000_000)
    private let later = Timestamp(millisecondsSince1970: 1_800_001_000_000)

    private func next(
        _ machine: inout WatchMachine,
        _ input: WatchMachine.Input,
        at time: Timestamp? = nil
    ) -> WatchMachine.Action {
        machine.next(input, now: time ?? now, jitter: 1)
    }

    /// A machine that follows by a live stream.
    private func following() -> WatchMachine {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        _ = next(&machine, .opened)
        return machine
    }

    private func failure(_ code: ReplicaError.Code, retryAfter: Duration? = nil) -> WatchMachine.Input {
        var error = ReplicaError(code, "as the test wants")
        error.retryAfter = retryAfter
        return .failed(error, hasProgressed: false)
    }

    @Test("First a sync, then a live stream; what it brings and what is recorded goes to a sync")
    func order() {
        var machine = WatchMachine(options: WatchOptions())
        #expect(machine.begin() == .sync(retries: true))
        #expect(next(&machine, .synced(size: 10)) == .open(.events, timeout: .seconds(5)))
        #expect(!machine.isFollowing)
        #expect(next(&machine, .opened) == .listen(.seconds(45)))
        #expect(machine.isFollowing)
        #expect(next(&machine, .heard) == .listen(.seconds(45)))
        #expect(next(&machine, .confirmed) == .listen(.seconds(45)))
        #expect(next(&machine, .received(size: 12)) == .sync(retries: false))
        #expect(next(&machine, .synced(size: 12)) == .listen(.seconds(45)))
        #expect(next(&machine, .recorded) == .sync(retries: false))
        #expect(next(&machine, .synced(size: 13)) == .listen(.seconds(45)))
        #expect(next(&machine, .received(size: 12)) == .listen(.seconds(45)), "the stream is behind the own push")
        #expect(next(&machine, .received(size: 13)) == .sync(retries: false), "the root is compared")
        #expect(next(&machine, .synced(size: 13)) == .listen(.seconds(45)))
        #expect(next(&machine, .received(size: nil)) == .sync(retries: false), "the sync says what is wrong with it")
    }

    @Test(
        "A stream that is held back, or is none, gives way to pulls that wait; it is tried again after minutes",
        arguments: [WatchMachine.Input.quiet, .notLive]
    )
    func heldBack(input: WatchMachine.Input) {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        #expect(next(&machine, input) == .open(.wait, timeout: .seconds(70)))
        #expect(machine.isFollowing)
        #expect(next(&machine, .received(size: nil)) == .sync(retries: false))
        #expect(next(&machine, .synced(size: 11)) == .open(.wait, timeout: .seconds(70)))
        let soon = Timestamp(millisecondsSince1970: now.millisecondsSince1970 + 50_000)
        #expect(next(&machine, .answered, at: soon) == .open(.wait, timeout: .seconds(70)))
        #expect(next(&machine, .answered, at: later) == .open(.events, timeout: .seconds(5)))
    }

    @Test(
        "A stream that never shows a checkpoint is not followed, and gives way to pulls that wait",
        arguments: [true, false]
    )
    func owesCheckpoint(bringsEntries: Bool) {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        #expect(next(&machine, .opened) == .listen(.seconds(45)))
        #expect(!machine.isProven)
        let input = bringsEntries ? WatchMachine.Input.heardEntries : .heard
        #expect(next(&machine, input) == .listen(.seconds(45)))
        #expect(next(&machine, input, at: later) == .open(.wait, timeout: .seconds(70)))
        #expect(machine.isProven)
    }

    @Test("A stream that shows checkpoints and then only entries gives way likewise")
    func owesLater() {
        var machine = following()
        #expect(next(&machine, .confirmed) == .listen(.seconds(45)))
        #expect(machine.isProven)
        #expect(next(&machine, .heardEntries) == .listen(.seconds(45)))
        #expect(!machine.isProven)
        let soon = Timestamp(millisecondsSince1970: now.millisecondsSince1970 + 40_000)
        #expect(next(&machine, .heardEntries, at: soon) == .listen(.seconds(45)))
        #expect(next(&machine, .heard, at: later) == .open(.wait, timeout: .seconds(70)))
    }

    @Test("A stream that says for long that there is nothing new is not believed without a look")
    func lookAgain() {
        var machine = following()
        _ = next(&machine, .confirmed)
        let soon = Timestamp(millisecondsSince1970: now.millisecondsSince1970 + 590_000)
        #expect(next(&machine, .heard, at: soon) == .listen(.seconds(45)))
        #expect(next(&machine, .heard, at: later) == .sync(retries: false))
        #expect(next(&machine, .synced(size: 10), at: later) == .listen(.seconds(45)))
        #expect(next(&machine, .heard, at: later) == .listen(.seconds(45)))
    }

    @Test("A clock that goes back by years does not keep a stream from being tried again")
    func clock() {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        _ = next(&machine, .quiet)
        let before = Timestamp(millisecondsSince1970: 1_000_000_000_000)
        #expect(next(&machine, .answered, at: before) == .open(.events, timeout: .seconds(5)))
    }

    @Test("A server that does not wait is not asked without end")
    func askingServer() {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        _ = next(&machine, .quiet)
        guard case .rest = next(&machine, .answered) else {
            Issue.record("it is asked again at once")
            return
        }
    }

    private func unsent(
        _ size: LogSize,
        hasSent: Bool = false,
        _ code: ReplicaError.Code = .unavailable,
        problem: String? = "busy",
        retryAfter: Duration? = nil
    ) -> WatchMachine.Input {
        var error = ReplicaError(code, "as the test wants", problem: problem)
        error.retryAfter = retryAfter
        return .unsent(error, size: size, hasSent: hasSent)
    }

    @Test("Where only sending fails it follows all the same, and sends again later each time")
    func unsent() {
        var machine = WatchMachine(options: WatchOptions())
        #expect(next(&machine, unsent(10)) == .open(.events, timeout: .milliseconds(500)))
        #expect(next(&machine, .opened) == .listen(.milliseconds(500)))
        #expect(machine.isFollowing)
        #expect(next(&machine, .quiet) == .sync(retries: false))
        #expect(next(&machine, unsent(10)) == .listen(.seconds(1)))
        #expect(machine.channel == .events, "the stream stays open")
        // What comes meanwhile is received, and nothing is sent before it is time.
        #expect(next(&machine, .received(size: 11)) == .sync(retries: false, sends: false))
        #expect(next(&machine, .synced(size: 11)) == .listen(.seconds(1)))
        #expect(next(&machine, .received(size: 12), at: later) == .sync(retries: false))
        for seconds in [2, 4, 8, 16, 32] {
            #expect(next(&machine, unsent(12)) == .listen(.seconds(seconds)))
            #expect(next(&machine, .quiet) == .sync(retries: false))
        }
        for _ in 1...2 {
            #expect(next(&machine, unsent(12)) == .listen(.seconds(45)), "the stream may not be silent for longer")
            #expect(next(&machine, .heard, at: later) == .sync(retries: false))
        }
        #expect(next(&machine, unsent(12, hasSent: true)) == .listen(.milliseconds(500)), "some of it was sent")
        #expect(next(&machine, .quiet) == .sync(retries: false))
        #expect(next(&machine, .synced(size: 13)) == .listen(.seconds(45)))
        #expect(machine.sendRetry == nil)
    }

    @Test("What the server has not refused itself is sent again with a sync's own retries, which tell what holds it up")
    func unexplained() {
        var machine = following()
        _ = next(&machine, unsent(10, problem: nil))
        #expect(next(&machine, .received(size: 11)) == .sync(retries: false, sends: false))
        #expect(next(&machine, .synced(size: 11)) == .listen(.milliseconds(500)))
        #expect(next(&machine, .quiet) == .sync(retries: true))
        _ = next(&machine, .synced(size: 12))
        #expect(next(&machine, .recorded) == .sync(retries: false))
    }

    @Test("What is recorded is left alone as long as it is to be undone, whatever comes meanwhile, and sent then")
    func timeToUndo() {
        var options = WatchOptions()
        options.timeToUndo = .seconds(5)
        var machine = WatchMachine(options: options)
        _ = next(&machine, .synced(size: 10))
        _ = next(&machine, .opened)
        #expect(next(&machine, .recorded) == .listen(.seconds(5)))
        let soon = Timestamp(millisecondsSince1970: now.millisecondsSince1970 + 2000)
        #expect(next(&machine, .recorded, at: soon) == .listen(.seconds(3)), "it does not begin anew")
        #expect(next(&machine, .received(size: 12), at: soon) == .sync(retries: false, sends: false))
        #expect(next(&machine, .synced(size: 12), at: soon) == .listen(.seconds(3)))
        #expect(next(&machine, .quiet, at: soon) == .sync(retries: false, sends: true), "the time is up")
        #expect(next(&machine, .synced(size: 13), at: soon) == .listen(.seconds(45)))
        #expect(next(&machine, .recorded, at: later) == .listen(.seconds(5)))
    }

    @Test("What is recorded meanwhile is sent at once, or when the server lets it be")
    func recordedMeanwhile() {
        var machine = following()
        for _ in 1...5 { _ = next(&machine, unsent(10)) }
        #expect(next(&machine, .heard) == .listen(.seconds(8)))
        #expect(next(&machine, .recorded) == .listen(.milliseconds(500)))
        #expect(next(&machine, .quiet) == .sync(retries: false))
        _ = next(&machine, unsent(10, retryAfter: .seconds(30)))
        #expect(next(&machine, .recorded) == .listen(.seconds(30)))
        #expect(next(&machine, .recorded, at: later) == .sync(retries: false))
    }

    @Test("A push that took too long is given a sync's own retries; what a person has to look at stops the watch")
    func unsentForLong() {
        var machine = following()
        _ = next(&machine, unsent(10, .tooSlow))
        #expect(next(&machine, .received(size: 11)) == .sync(retries: true, sends: false))
        _ = next(&machine, .synced(size: 11))
        #expect(next(&machine, .quiet) == .sync(retries: true))
        guard case .stop = next(&machine, unsent(11, .revoked)) else {
            Issue.record("it goes on")
            return
        }
    }

    @Test("A silent stream is begun anew after a look at the server")
    func silence() {
        var machine = following()
        #expect(next(&machine, .quiet) == .sync(retries: false))
        #expect(machine.channel == nil)
        #expect(next(&machine, .synced(size: 10)) == .open(.events, timeout: .seconds(5)))
    }

    @Test("Rests get longer up to a minute, and short again when something was achieved")
    func rests() {
        var machine = following()
        var seconds: [Double] = []
        for _ in 1...10 {
            guard case .rest(let time, let least, _) = next(&machine, failure(.unreachable)) else {
                Issue.record("no rest")
                return
            }
            #expect(machine.channel == nil)
            #expect(least == .milliseconds(500))
            seconds.append(Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)
            #expect(next(&machine, .rested) == .sync(retries: false))
        }
        #expect(seconds == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60])
        guard
            case .rest(.milliseconds(500), _, _) = next(
                &machine,
                .failed(ReplicaError(.unreachable, ""), hasProgressed: true)
            )
        else {
            Issue.record("another rest")
            return
        }
    }

    @Test("What the server asks for is respected: Retry-After, and the stream's retry")
    func wishes() {
        var machine = following()
        for (asked, rest) in [(90, 90), (7200, 300)] {
            let wait = Duration.seconds(rest)
            guard case .rest(wait, least: wait, _) = next(&machine, failure(.unavailable, retryAfter: .seconds(asked)))
            else {
                Issue.record("another rest than Retry-After, or for longer than five minutes")
                return
            }
        }
        machine = following()
        #expect(next(&machine, .retry(.milliseconds(3120))) == .listen(.seconds(45)))
        guard case .rest(.milliseconds(3120), least: .milliseconds(500), _) = next(&machine, .ended) else {
            Issue.record("another rest than the stream's")
            return
        }
        #expect(next(&machine, .rested) == .sync(retries: false))
    }

    @Test("What is recorded ends a rest, and what the server asked for holds for sending what it did not take")
    func recordedAtRest() {
        var machine = following()
        _ = next(&machine, .ended)
        #expect(next(&machine, .recorded) == .sync(retries: false))
        #expect(next(&machine, .synced(size: 11)) == .open(.events, timeout: .seconds(5)))
        _ = next(&machine, unsent(11, retryAfter: .seconds(7200)))
        _ = next(&machine, .ended)
        #expect(next(&machine, .recorded) == .sync(retries: false, sends: false))
        #expect(next(&machine, .synced(size: 11)) == .open(.events, timeout: .seconds(5)))
        #expect(machine.sendRetry?.delay == .seconds(300))
    }

    @Test("Another sync of the same replica is waited for, with the stream kept open")
    func lock() {
        var machine = following()
        guard case .rest(.milliseconds(500), least: .milliseconds(500), _) = next(&machine, failure(.syncRunning))
        else {
            Issue.record("another action")
            return
        }
        #expect(machine.channel == .events)
        #expect(next(&machine, .rested) == .sync(retries: false))
        #expect(next(&machine, .synced(size: 10)) == .listen(.seconds(45)))
    }

    @Test("A slow server is given a sync's own retries")
    func slow() {
        var machine = following()
        _ = next(&machine, failure(.tooSlow))
        #expect(next(&machine, .rested) == .sync(retries: true))
    }

    private func heldUpPull(
        _ code: ReplicaError.Code = .unreachable,
        hasProgressed: Bool = false
    ) -> WatchMachine.Input {
        var error = ReplicaError(code, "as the test wants")
        error.isHeldUpPull = true
        return .failed(error, hasProgressed: hasProgressed)
    }

    @Test("Pulls that something may hold up get a sync's own retries after the third in a row, until one comes through")
    func heldUpPulls() {
        var machine = following()
        for retries in [false, false, true, true, true] {
            _ = next(&machine, heldUpPull())
            #expect(next(&machine, .rested) == .sync(retries: retries))
        }
        // What it got done before is not what held it up.
        _ = next(&machine, heldUpPull(hasProgressed: true))
        #expect(next(&machine, .rested) == .sync(retries: true))
        #expect(next(&machine, .synced(size: 12)) == .open(.events, timeout: .seconds(5)))
        #expect(next(&machine, .recorded) == .sync(retries: false))
        _ = next(&machine, heldUpPull())
        #expect(next(&machine, .rested) == .sync(retries: false), "they are counted anew")
    }

    @Test("A network that is gone is asked no more often, however the pulls before it failed")
    func deadNetwork() {
        var machine = following()
        for _ in 1...3 {
            for _ in 1...2 {
                _ = next(&machine, heldUpPull())
                #expect(next(&machine, .rested) == .sync(retries: false))
            }
            _ = next(&machine, failure(.unreachable))
            #expect(next(&machine, .rested) == .sync(retries: false))
        }
        for _ in 1...3 { _ = next(&machine, heldUpPull()) }
        #expect(next(&machine, .rested) == .sync(retries: true))
        _ = next(&machine, failure(.unreachable))
        #expect(next(&machine, .rested) == .sync(retries: false))
    }

    @Test("Pulls that each bring something are no pulls that are held up")
    func progress() {
        var machine = following()
        for _ in 1...10 {
            _ = next(&machine, heldUpPull(hasProgressed: true))
            #expect(next(&machine, .rested) == .sync(retries: false))
        }
    }

    @Test("What something in between says of a pull stops no watch")
    func refusedPull() {
        var machine = following()
        guard case .rest = next(&machine, heldUpPull(.refusedRequest)) else {
            Issue.record("it stops")
            return
        }
    }

    @Test(
        "What a person has to look at stops the watch",
        arguments: [
            .unauthenticated, .revoked, .notAllowed, .forked, .serverBehind, .tampered, .badCheckpoint, .alteredEvent,
            .notFound, .unsupportedProtocol, .corrupt, .readOnly, .notAReplica,
        ] as [ReplicaError.Code]
    )
    func stops(code: ReplicaError.Code) {
        var machine = following()
        #expect(next(&machine, failure(code)) == .stop(ReplicaError(code, "as the test wants")))
    }

    @Test(
        "What goes by is waited for",
        arguments: [
            .unreachable, .tooSlow, .unavailable, .notAnAmbitServer, .insecure, .locked, .diskFull, .inputOutput,
        ] as [ReplicaError.Code]
    )
    func waits(code: ReplicaError.Code) {
        var machine = following()
        guard case .rest = next(&machine, failure(code)) else {
            Issue.record("\(code) stops it")
            return
        }
    }

    @Test("A disk that fails is left alone for long, each time, and what is recorded ends the wait")
    func failingDisk() {
        var machine = following()
        for _ in 1...3 {
            let reason = WaitReason(ReplicaError(.inputOutput, "as the test wants"))
            let rest = next(&machine, failure(.inputOutput))
            #expect(rest == .rest(.seconds(60), least: .milliseconds(500), because: reason))
            #expect(next(&machine, .recorded) == .sync(retries: false))
        }
    }
}
