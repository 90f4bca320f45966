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
        #expect(machine.begin() == .sync(patiently: true))
        #expect(next(&machine, .synced(size: 10)) == .open(.events, patience: .seconds(5)))
        #expect(!machine.isFollowing)
        #expect(next(&machine, .opened) == .listen(.seconds(45)))
        #expect(machine.isFollowing)
        #expect(next(&machine, .heard) == .listen(.seconds(45)))
        #expect(next(&machine, .confirmed) == .listen(.seconds(45)))
        #expect(next(&machine, .received(size: 12)) == .sync(patiently: false))
        #expect(next(&machine, .synced(size: 12)) == .listen(.seconds(45)))
        #expect(next(&machine, .recorded) == .sync(patiently: false))
        #expect(next(&machine, .synced(size: 13)) == .listen(.seconds(45)))
        #expect(next(&machine, .received(size: 12)) == .listen(.seconds(45)), "the stream is behind the own push")
        #expect(next(&machine, .received(size: 13)) == .sync(patiently: false), "the root is compared")
        #expect(next(&machine, .synced(size: 13)) == .listen(.seconds(45)))
        #expect(next(&machine, .received(size: nil)) == .sync(patiently: false), "the sync says what is wrong with it")
    }

    @Test(
        "A stream that is held back, or is none, gives way to pulls that wait; it is tried again after minutes",
        arguments: [WatchMachine.Input.quiet, .notLive]
    )
    func heldBack(input: WatchMachine.Input) {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        #expect(next(&machine, input) == .open(.wait, patience: .seconds(70)))
        #expect(machine.isFollowing)
        #expect(next(&machine, .received(size: nil)) == .sync(patiently: false))
        #expect(next(&machine, .synced(size: 11)) == .open(.wait, patience: .seconds(70)))
        let soon = Timestamp(millisecondsSince1970: now.millisecondsSince1970 + 50_000)
        #expect(next(&machine, .answered, at: soon) == .open(.wait, patience: .seconds(70)))
        #expect(next(&machine, .answered, at: later) == .open(.events, patience: .seconds(5)))
    }

    @Test("A clock that goes back by years does not keep a stream from being tried again")
    func clock() {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        _ = next(&machine, .quiet)
        let before = Timestamp(millisecondsSince1970: 1_000_000_000_000)
        #expect(next(&machine, .answered, at: before) == .open(.events, patience: .seconds(5)))
    }

    @Test("A server that does not wait is not asked without end")
    func impatientServer() {
        var machine = WatchMachine(options: WatchOptions())
        _ = next(&machine, .synced(size: 10))
        _ = next(&machine, .quiet)
        guard case .rest = next(&machine, .answered) else {
            Issue.record("it is asked again at once")
            return
        }
    }

    @Test("A silent stream is begun anew after a look at the server")
    func silence() {
        var machine = following()
        #expect(next(&machine, .quiet) == .sync(patiently: false))
        #expect(machine.channel == nil)
        #expect(next(&machine, .synced(size: 10)) == .open(.events, patience: .seconds(5)))
    }

    @Test("Rests get longer up to a minute, and short again when something was achieved")
    func rests() {
        var machine = following()
        var seconds: [Double] = []
        for _ in 1...10 {
            guard case .rest(let time, _) = next(&machine, failure(.unreachable)) else {
                Issue.record("no rest")
                return
            }
            #expect(machine.channel == nil)
            seconds.append(Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18)
            #expect(next(&machine, .rested) == .sync(patiently: false))
        }
        #expect(seconds == [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60])
        guard
            case .rest(.milliseconds(500), _) = next(
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
        guard case .rest(.seconds(90), _) = next(&machine, failure(.unavailable, retryAfter: .seconds(90))) else {
            Issue.record("another rest than Retry-After")
            return
        }
        machine = following()
        #expect(next(&machine, .retry(.milliseconds(3120))) == .listen(.seconds(45)))
        guard case .rest(.milliseconds(3120), _) = next(&machine, .ended) else {
            Issue.record("another rest than the stream's")
            return
        }
        #expect(next(&machine, .rested) == .sync(patiently: false))
    }

    @Test("Another sync of the same replica is waited for, with the stream kept open")
    func lock() {
        var machine = following()
        guard case .rest(.milliseconds(500), _) = next(&machine, failure(.syncRunning)) else {
            Issue.record("another action")
            return
        }
        #expect(machine.channel == .events)
        #expect(next(&machine, .rested) == .sync(patiently: false))
        #expect(next(&machine, .synced(size: 10)) == .listen(.seconds(45)))
    }

    @Test("A slow server is given a sync's own patience")
    func slow() {
        var machine = following()
        _ = next(&machine, failure(.tooSlow))
        #expect(next(&machine, .rested) == .sync(patiently: true))
    }

    @Test(
        "What a person has to look at stops the watch",
        arguments: [
            .unauthenticated, .revoked, .notAllowed, .forked, .serverBehind, .tampered, .badCheckpoint, .alteredEvent,
            .notFound, .unsupportedProtocol, .corrupt, .readOnly,
        ] as [ReplicaError.Code]
    )
    func stops(code: ReplicaError.Code) {
        var machine = following()
        #expect(next(&machine, failure(code)) == .stop(ReplicaError(code, "as the test wants")))
    }

    @Test(
        "What goes by is waited for",
        arguments: [.unreachable, .tooSlow, .unavailable, .notAnAmbitServer, .insecure, .locked, .diskFull]
            as [ReplicaError.Code]
    )
    func waits(code: ReplicaError.Code) {
        var machine = following()
        guard case .rest = next(&machine, failure(code)) else {
            Issue.record("\(code) stops it")
            return
        }
    }
}
