import AgendaModel
import EventLog
import LogClient
import SyncProtocol
import Testing

@testable import SyncClient

/// The decisions of a sync, without anything being done.
struct ClientMachineTests {
    let key: LogKey
    let roots: [Hash]

    init() throws {
        key = try LogKey(origin: "ambit.test/agendas/assen", seed: Array(repeating: 3, count: 32))
        var edge = TreeEdge()
        var roots = [edge.root]
        for index in 0..<100 {
            edge.append(leaf: Merkle.leaf([UInt8(index)].withUnsafeBufferPointer { $0 }))
            roots.append(edge.root)
        }
        self.roots = roots
    }

    private func note(_ size: Int) -> String { key.sign(size: .init(size), root: roots[size]).note }
    private func extent(_ size: Int) -> SyncMachine.Extent { .init(size: LogSize(size), root: roots[size]) }

    private func machine(_ size: Int, staged: Int? = nil, attempts: Int = 3) -> SyncMachine {
        var options = SyncOptions()
        options.retries.attempts = attempts
        return SyncMachine(
            verifier: key.verifier,
            local: .init(verified: extent(size), staged: extent(staged ?? size)),
            options: options
        )
    }

    private func pushed(_ size: Int, accepted: [(String, String, Int)] = [], rejected: [(String?, Int)] = [])
        -> PushAnswer
    {
        PushAnswer(
            size: size,
            checkpoint: note(size),
            recordedtime: "",
            accepted: accepted.map { .init(first: $0.0, last: $0.1, position: $0.2) },
            duplicate: [],
            rejected: rejected.map { .init(id: $0.0, line: $0.1, problem: .init(.invalidData, "")) }
        )
    }

    @Test("Nothing to send and nothing new: one look, and done")
    func nothing() {
        var machine = machine(10)
        guard case .readCheckpoint = machine.begin(),
            case .readOutbox(after: 0, _) = machine.next(.checkpoint(note: note(10))),
            case .finish(let summary, unsent: nil) = machine.next(.outbox(nil))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(summary.size == 10 && summary.pulled == 0)
    }

    @Test("The order is checkpoint, pull, install, push, settle, pull, install, and a last look at the outbox")
    func order() {
        var machine = machine(10)
        _ = machine.begin()
        guard case .pull(after: 10, limit: 2) = machine.next(.checkpoint(note: note(12))),
            case .pull(after: 11, limit: 1) = machine.next(.pulled(extent(11))),
            case .install = machine.next(.pulled(extent(12))),
            case .readOutbox(after: 0, _) = machine.next(.installed(isIdentityShared: false)),
            case .push(_, size: 12) = machine.next(.outbox(.init(counters: [4, 5, 7]))),
            case .applyVerdicts(let verdicts) = machine.next(
                .pushed(pushed(14, accepted: [("4", "5", 12)], rejected: [("7", 3)]))
            ),
            case .pull(after: 12, limit: 2) = machine.next(.appliedVerdicts),
            case .install(let checkpoint) = machine.next(.pulled(extent(14))),
            case .readOutbox(after: 7, _) = machine.next(.installed(isIdentityShared: false)),
            case .finish(let summary, unsent: nil) = machine.next(.outbox(nil))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(verdicts.placed == [.init(counters: 4...5, position: 12)])
        #expect(verdicts.refusals.map(\.counter) == [7])
        #expect(checkpoint.checkpoint.size.rawValue == 14)
        #expect(summary.accepted == 2 && summary.refused == 1 && summary.pulled == 4 && summary.size == 14)
    }

    @Test(
        "A push answer that does not give one verdict to each event stops the sync",
        arguments: [
            ([("1", "1", 10)], []), ([("1", "3", 10)], []), ([("1", "2", 10), ("2", "2", 11)], []),
            ([("2", "1", 10)], []), ([("x", "2", 10)], []), ([("1", "2", -1)], []), ([("1", "2", 11)], []),
            (
                [("-9223372036854775808", "9223372036854775807", 10)], []
            ), ([("1", "1", 10)], [("2", .min)]), ([("1", "1", 10)], [("2", 1)]), ([("1", "1", 10)], [("9", 2)]),
            ([("1", "1", 10)], [("2", 3)]),
        ] as [([(String, String, Int)], [(String?, Int)])]
    )
    func verdicts(accepted: [(String, String, Int)], rejected: [(String?, Int)]) {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [1, 2])))
        guard case .stop(let error) = machine.next(.pushed(pushed(12, accepted: accepted, rejected: rejected))) else {
            Issue.record("the answer was taken")
            return
        }
        #expect(error.code == .notAnAmbitServer)
    }

    @Test("An answer that claims the least possible size does not fit")
    func leastSize() {
        var answer = pushed(10, accepted: [("1", "2", 0)])
        answer.size = .min
        #expect(Verdicts(answer, on: [1, 2]) == nil)
    }

    @Test("What others wrote meanwhile is verified before the next batch, also when the last one was refused")
    func betweenBatches() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [1])))
        _ = machine.next(.pushed(pushed(12, rejected: [("1", 1)])))
        guard case .pull(after: 10, limit: 2) = machine.next(.appliedVerdicts) else {
            Issue.record("the next batch comes first")
            return
        }
    }

    @Test(
        "When nothing can be sent, what there is to receive is received first, and then the sync says so",
        arguments: [
            .answer(status: 503, .init(.readOnly, ""), retryAfter: .seconds(30)),
            .answer(status: 507, .init(.storageFull, ""), retryAfter: .seconds(30)),
            .answer(status: 429, .init(.rateLimited, ""), retryAfter: .seconds(3600)),
            .init(.cut, ""),
        ] as [LogClientError]
    )
    func unsent(failure: LogClientError) {
        var machine = machine(10, attempts: 1)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [4])))
        guard case .readCheckpoint = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .pull(after: 10, limit: 2) = machine.next(.checkpoint(note: note(12))),
            case .install = machine.next(.pulled(extent(12))),
            case .finish(let summary, let unsent?) = machine.next(.installed(isIdentityShared: false))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(unsent.code == (failure == .init(.cut, "") ? .unreachable : .unavailable))
        #expect(summary.accepted == 0 && summary.pulled == 2 && summary.size == 12)
    }

    @Test(
        "What the server takes no pushes for is not tried again in the same sync",
        arguments: [
            LogClientError.answer(status: 507, .init(.storageFull, ""), retryAfter: .seconds(30)),
            .answer(status: 503, .init(.readOnly, ""), retryAfter: .seconds(30)),
            .answer(status: 429, .init(.rateLimited, ""), retryAfter: .seconds(40_000)),
        ]
    )
    func takesNoPushes(failure: LogClientError) {
        var machine = machine(10, attempts: 6)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [4])))
        guard case .readCheckpoint = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .finish(_, unsent: _?) = machine.next(.checkpoint(note: note(10)))
        else {
            Issue.record("other steps were taken")
            return
        }
    }

    @Test("Where even a push of nothing is not allowed, events are kept with what was refused; else they wait")
    func notAllowed() {
        let failure = LogClientError.answer(status: 403, .init(.notAllowed, "no role"), retryAfter: nil)
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [4, 5, 6], signatures: [5])))
        var other = machine
        guard case .probe(size: 10) = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .applyVerdicts(let verdicts) = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .readOutbox(after: 6, _) = machine.next(.appliedVerdicts),
            case .finish(let summary, unsent: nil) = machine.next(.outbox(nil))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(verdicts.refusals.map(\.counter) == [4, 6] && verdicts.placed.isEmpty && summary.refused == 2)
        guard case .probe = other.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .readCheckpoint = other.next(.probed(pushed(10))),
            case .finish(let summary, let unsent?) = other.next(.checkpoint(note: note(10)))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(unsent.code == .notAllowed && summary.refused == 0)
    }

    @Test(
        "Signatures that cannot be sent, for whatever reason, are left to a later sync; what there is to receive is received",
        arguments: [
            .answer(status: 400, nil, retryAfter: nil),
            .answer(status: 404, nil, retryAfter: nil),
            .answer(status: 409, nil, retryAfter: nil),
            .answer(status: 413, nil, retryAfter: nil),
            .answer(status: 500, nil, retryAfter: nil),
            .answer(status: 403, .init(.notAllowed, ""), retryAfter: nil),
            .foreign("no verdicts"),
            .init(.cut, ""),
        ] as [LogClientError]
    )
    func unsentSignatures(failure: LogClientError) {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [4], signatures: [4])))
        var withAnEvent = self.machine(10, attempts: 1)
        _ = withAnEvent.next(.checkpoint(note: note(10)))
        _ = withAnEvent.next(.outbox(.init(counters: [4, 5], signatures: [4])))
        guard case .readCheckpoint = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .pull(after: 10, limit: 2) = machine.next(.checkpoint(note: note(12))),
            case .install = machine.next(.pulled(extent(12))),
            case .finish(let summary, unsent: nil) = machine.next(.installed(isIdentityShared: false))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(summary.pulled == 2 && summary.accepted == 0)
        // What people recorded is never left without a word.
        switch withAnEvent.next(.failed(failure, staged: extent(10), jitter: 0)) {
        case .stop: break
        case .readCheckpoint:
            guard case .finish(_, unsent: _?) = withAnEvent.next(.checkpoint(note: note(10))) else {
                Issue.record("an event was left without a word")
                return
            }
        case .readOutbox: #expect(failure.isTooLarge || failure.isRefusedInBetween, "half of it is tried")
        case .probe: #expect(failure.notAllowed != nil, "a push of nothing is tried")
        default: Issue.record("other steps were taken")
        }
    }

    @Test("An event behind a signature that does not get through is not left without a word")
    func eventBehindSignature() {
        var machine = machine(10)
        var action = machine.next(.checkpoint(note: note(10)))
        var isSending = true
        while isSending {
            switch action {
            case .readOutbox(after: _, let events):
                let counters = [Counter](4...5).prefix(events)
                action = machine.next(.outbox(.init(counters: Array(counters), signatures: [4])))
            case .push, .probe: action = machine.next(.failed(.init(.cut, ""), staged: extent(10), jitter: 0))
            case .wait: action = machine.next(.woke)
            default: isSending = false
            }
        }
        guard case .readCheckpoint = action,
            case .finish(_, unsent: let error?) = machine.next(.checkpoint(note: note(10)))
        else {
            Issue.record("the sync ends as if all had been sent")
            return
        }
        #expect(error.code == .unreachable)
    }

    @Test("When neither sending nor receiving works, the sync ends with what sending came to; wrong proof goes before")
    func neither() {
        let cut = LogClientError(.cut, "")
        var machine = machine(10, attempts: 1)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [4])))
        _ = machine.next(.failed(.init(.timeout, ""), staged: extent(10), jitter: 0))
        var other = machine
        guard case .stop(let error) = machine.next(.failed(cut, staged: extent(10), jitter: 0)),
            case .readFreshCheckpoint = other.next(.checkpoint(note: note(9))),
            case .stop(let proof) = other.next(.checkpoint(note: note(9)))
        else {
            Issue.record("it goes on")
            return
        }
        #expect(error.code == .tooSlow && proof.code == .serverBehind)
    }

    @Test("A sync that is only to receive sends nothing, and does not become another device")
    func receiving() {
        var options = SyncOptions()
        options.sends = false
        var machine = SyncMachine(
            verifier: key.verifier,
            local: .init(verified: extent(10), staged: extent(10)),
            isIdentityShared: true,
            options: options
        )
        guard case .pull = machine.next(.checkpoint(note: note(12))),
            case .install = machine.next(.pulled(extent(12))),
            case .finish(_, unsent: nil) = machine.next(.installed(isIdentityShared: false))
        else {
            Issue.record("other steps were taken")
            return
        }
    }

    @Test("On a shared identity nothing more is pushed: a new checkpoint, all of the log, then another device")
    func sharedIdentity() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [4])))
        let reused = LogClientError.answer(status: 409, ProblemDetails(.identityReused, ""), retryAfter: nil)
        let change = DeviceChange(former: "device/eerste", device: "device/tweede", moved: 1)
        guard case .readCheckpoint = machine.next(.failed(reused, staged: extent(10), jitter: 0)),
            case .pull(after: 10, limit: 5) = machine.next(.checkpoint(note: note(15))),
            case .install = machine.next(.pulled(extent(15))),
            case .changeDevice = machine.next(.installed(isIdentityShared: true)),
            case .wait = machine.next(.failed(.init(.cut, ""), staged: extent(15), jitter: 0)),
            case .changeDevice = machine.next(.woke),
            case .readCheckpoint = machine.next(.changedDevice(change)),
            case .pull(after: 15, limit: 1) = machine.next(.checkpoint(note: note(16))),
            case .install = machine.next(.pulled(extent(16))),
            case .readOutbox(after: 0, _) = machine.next(.installed(isIdentityShared: false))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(machine.summary.deviceChange == change)
    }

    @Test("A device that the server does not let go on as another one stops the sync, with what to do")
    func refusedChange() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(12)))
        _ = machine.next(.pulled(extent(12)))
        _ = machine.next(.installed(isIdentityShared: true))
        let revoked = LogClientError.answer(status: 403, ProblemDetails(.deviceRevoked, ""), retryAfter: nil)
        guard case .stop(let error) = machine.next(.failed(revoked, staged: extent(12), jitter: 0)) else {
            Issue.record("the sync goes on")
            return
        }
        #expect(error.code == .revoked)
        #expect(error.message.contains("copy") && error.nextStep?.contains("ambit rejoin") == true)
    }

    @Test("What broke off on its way may have arrived, and what found nobody has not")
    func brokenOff() {
        let texts = [LogClientError.Code.cut, .refused, .insecure].map {
            ReplicaError(LogClientError($0, "as the test wants")).nextStep ?? ""
        }
        #expect(texts.map { $0.contains("may have arrived") } == [true, false, false])
        #expect(texts.map { $0.contains("nothing was sent") } == [false, false, true])
    }

    @Test("What a server says at any length is told from its beginning, and a second is one")
    func longDetail() {
        let detail = String(repeating: "A\u{301}", count: 200_000)
        let problem = ProblemDetails(type: "/problems/x", title: "X", status: 503, detail: detail)
        for (seconds, words) in [(1, "sync again in a second;"), (2, "sync again in 2 seconds;")] {
            let failure = LogClientError.answer(status: 503, problem, retryAfter: .seconds(seconds))
            let error = ReplicaError(failure, verifiedSize: 1)
            #expect(error.message.unicodeScalars.count < 1_200 && error.message.hasSuffix("…"))
            #expect(error.nextStep?.hasPrefix(words) == true)
        }
    }

    @Test("A checkpoint that takes too long is asked for twice, and not until the attempts are used up")
    func slowCheckpoint() {
        var machine = machine(10, attempts: 6)
        let failure = LogClientError(.timeout, "121 bytes in 60 seconds")
        guard case .wait = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .readCheckpoint = machine.next(.woke),
            case .stop(let error) = machine.next(.failed(failure, staged: extent(10), jitter: 0))
        else {
            Issue.record("it was not asked for twice")
            return
        }
        #expect(error.code == .tooSlow && error.message.contains("121 bytes in 60 seconds"))
    }

    @Test(
        "A push is made smaller until one event takes too long twice; a slow answer to it is waited for twice",
        arguments: [false, true]
    )
    func slowPushes(isSlowAnswer: Bool) {
        var machine = machine(10, attempts: 20)
        var failure = LogClientError(.timeout, "")
        failure.isSlowAnswer = isSlowAnswer
        _ = machine.next(.checkpoint(note: note(10)))
        var sizes: [Int] = []
        var action = machine.next(.outbox(.init(counters: Array(1...8))))
        while true {
            switch action {
            case .push(let batch, _):
                sizes.append(batch.counters.count)
                action = machine.next(.failed(failure, staged: extent(10), jitter: 0))
                continue
            case .readOutbox(after: _, let events):
                action = machine.next(.outbox(.init(counters: Array([Counter](1...8).prefix(events)))))
                continue
            case .wait:
                action = machine.next(.woke)
                continue
            default: break
            }
            break
        }
        #expect(sizes == (isSlowAnswer ? [8, 8] : [8, 4, 2, 1, 1]))
        if !isSlowAnswer {
            // It may be for what is in it; a push of nothing takes as long.
            guard case .probe = action else {
                Issue.record("a push of nothing was not tried")
                return
            }
            action = machine.next(.failed(failure, staged: extent(10), jitter: 0))
        }
        // A last look at what there is to receive.
        guard case .readCheckpoint = action else {
            Issue.record("it did not look at the log again")
            return
        }
    }

    @Test("A push that takes too long is repeated with half the events")
    func slowPush() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: Array(1...8))))
        guard
            case .wait = machine.next(.failed(.init(.timeout, ""), staged: extent(10), jitter: 0)),
            case .readOutbox(after: 0, events: 4) = machine.next(.woke),
            case .push = machine.next(.outbox(.init(counters: Array(1...4)))),
            case .wait = machine.next(.failed(.init(.cut, ""), staged: extent(10), jitter: 0)),
            case .push(let batch, _) = machine.next(.woke)
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(batch.counters == [1, 2, 3, 4])
    }

    @Test("After damage the pull goes on from what is left, also when that is less than before")
    func damagedTail() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(30)))
        guard case .pull(after: 20, _) = machine.next(.pulled(extent(20))),
            case .wait = machine.next(.failed(.damaged(""), staged: extent(10), jitter: 0)),
            case .pull(after: 10, limit: 20) = machine.next(.woke)
        else {
            Issue.record("other steps were taken")
            return
        }
    }

    @Test(
        "A failure that cannot pass stops at once, with its own code",
        arguments: [
            (
                LogClientError.answer(status: 401, .init(.unauthenticated, ""), retryAfter: nil),
                ReplicaError.Code.unauthenticated
            ),
            (.answer(status: 403, .init(.deviceRevoked, ""), retryAfter: nil), .revoked),
            (.answer(status: 403, .init(.notAllowed, ""), retryAfter: nil), .notAllowed),
            (.answer(status: 404, .init(.notFound, ""), retryAfter: nil), .notFound),
            (.answer(status: 409, .init(.aheadOfLog, ""), retryAfter: nil), .serverBehind),
            (.answer(status: 400, .init(.unsupportedProtocol, ""), retryAfter: nil), .unsupportedProtocol),
            (.answer(status: 400, .init(.badRequest, ""), retryAfter: nil), .refusedRequest),
            (.answer(status: 503, nil, retryAfter: .seconds(3600)), .unavailable),
            (.init(.insecure, ""), .insecure),
            (.init(.malformed, ""), .notAnAmbitServer),
            (.foreign("HTML"), .notAnAmbitServer),
        ]
    )
    func stopping(failure: LogClientError, code: ReplicaError.Code) {
        var machine = machine(10)
        guard case .stop(let error) = machine.next(.failed(failure, staged: extent(10), jitter: 0)) else {
            Issue.record("the sync went on")
            return
        }
        #expect(error.code == code)
        #expect(error.nextStep != nil)
    }

    @Test("A server that lost what it has just shown is behind, also with more than has been verified")
    func behindWhatWasShown() {
        for (size, code) in [
            (15, ReplicaError.Code.serverBehind), (29, .serverBehind), (30, .notAnAmbitServer), (-1, .notAnAmbitServer),
        ] {
            var machine = machine(10)
            _ = machine.next(.checkpoint(note: note(30)))
            var problem = ProblemDetails(.aheadOfLog, "")
            problem.size = size
            let failure = LogClientError.answer(status: 409, problem, retryAfter: nil)
            guard case .stop(let error) = machine.next(.failed(failure, staged: extent(20), jitter: 0)) else {
                Issue.record("the sync went on")
                return
            }
            #expect(error.code == code, "\(size)")
        }
    }

    @Test(
        "What the server found is told, and what to do about it once, in words of the command line",
        arguments: [
            ProblemType.unauthenticated, .deviceRevoked, .invalidInvite, .notFound, .notAllowed, .forked, .busy,
            .badRequest,
        ]
    )
    func nextStepOnce(type: ProblemType) {
        for (found, expected) in [("Dit is er.", "Dit is er;"), ("", type.title + ";")] {
            let problem = ProblemDetails(type, found)
            let failure = LogClientError.answer(status: type.status, problem, retryAfter: nil)
            let text = ReplicaError(failure, verifiedSize: 1).description
            #expect(text.contains(": \(expected) "))
            #expect(!text.contains(type.nextStep.dropLast()))
        }
        let other = ProblemDetails(type: "/problems/nieuw", title: "Nieuw", status: 400, detail: "Zeg het. Doe iets.")
        let failure = LogClientError.answer(status: 400, other, retryAfter: nil)
        #expect(ReplicaError(failure, verifiedSize: 1).message.hasSuffix(": Zeg het. Doe iets"))
    }

    @Test(
        "A transient failure is waited for, longer each time, and not for ever",
        arguments: [
            LogClientError(.refused, ""), .init(.cut, ""),
            .init(.noRoute, ""), .answer(status: 429, nil, retryAfter: nil),
            .answer(status: 500, nil, retryAfter: nil), .answer(status: 502, nil, retryAfter: nil),
            .answer(status: 503, .init(.busy, ""), retryAfter: nil), .damaged("CRC"),
        ]
    )
    func retrying(failure: LogClientError) {
        var machine = machine(10, attempts: 4)
        var waits: [Duration] = []
        for _ in 0..<3 {
            guard case .wait(let duration, _) = machine.next(.failed(failure, staged: extent(10), jitter: 1)),
                case .readCheckpoint = machine.next(.woke)
            else {
                Issue.record("it was not repeated")
                return
            }
            waits.append(duration)
        }
        #expect(waits == [.milliseconds(500), .seconds(1), .seconds(2)])
        guard case .stop = machine.next(.failed(failure, staged: extent(10), jitter: 1)) else {
            Issue.record("it was repeated for ever")
            return
        }
    }

    @Test("The wait that a server asks for is kept to")
    func retryAfter() {
        var machine = machine(10)
        let failure = LogClientError.answer(status: 429, nil, retryAfter: .seconds(7))
        guard case .wait(.seconds(7), _) = machine.next(.failed(failure, staged: extent(10), jitter: 0)) else {
            Issue.record("it waited differently")
            return
        }
    }

    @Test("Jitter makes a wait at most half as long")
    func jitter() {
        var machine = machine(10)
        let failure = LogClientError(.cut, "")
        guard case .wait(.milliseconds(250), _) = machine.next(.failed(failure, staged: extent(10), jitter: 0)) else {
            Issue.record("it waited differently")
            return
        }
    }

    @Test("Cut pulls that each bring something do not use up the attempts")
    func progress() {
        var machine = machine(10, attempts: 2)
        _ = machine.next(.checkpoint(note: note(50)))
        let failure = LogClientError(.cut, "")
        for size in 11...20 {
            guard case .wait = machine.next(.failed(failure, staged: extent(size), jitter: 0)),
                case .pull(after: LogSize(size), limit: _) = machine.next(.woke)
            else {
                Issue.record("it gave up")
                return
            }
        }
        guard case .stop = machine.next(.failed(failure, staged: extent(20), jitter: 0)) else {
            Issue.record("it went on without progress")
            return
        }
    }

    @Test(
        "A push that is refused as a whole is halved until it gets through, and an event that never does is set aside"
    )
    func tooLarge() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [1, 2, 3, 4])))
        let failure = LogClientError.answer(status: 413, .init(.tooLarge, ""), retryAfter: nil)
        guard case .readOutbox(after: 0, events: 2) = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .push = machine.next(.outbox(.init(counters: [1, 2]))),
            case .readOutbox(after: 0, events: 1) = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .push = machine.next(.outbox(.init(counters: [1]))),
            case .probe(size: 10) = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .readOutbox(after: 0, events: 1) = machine.next(.probed(pushed(10))),
            case .push = machine.next(.outbox(.init(counters: [1]))),
            case .probe(size: 10) = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .readOutbox(after: 0, events: 1) = machine.next(.probed(pushed(10))),
            case .applyVerdicts(let verdicts) = machine.next(.outbox(.init(counters: [1]))),
            case .readOutbox(after: 1, events: 1) = machine.next(.appliedVerdicts)
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(verdicts.refusals.map(\.counter) == [1] && verdicts.placed.isEmpty)
        #expect(machine.summary.refused == 1 && machine.summary.notLetThrough.isEmpty)
    }

    @Test("An old checkpoint is asked for once more past caches, and from then on they are not asked")
    func caches() {
        var machine = machine(10)
        guard case .readFreshCheckpoint = machine.next(.checkpoint(note: note(9))),
            case .readOutbox = machine.next(.checkpoint(note: note(10))),
            case .push = machine.next(.outbox(.init(counters: [1]))),
            case .readFreshCheckpoint = machine.next(
                .failed(
                    .answer(status: 409, .init(.identityReused, ""), retryAfter: nil),
                    staged: extent(10),
                    jitter: 0
                )
            ),
            case .stop(let error) = machine.next(.checkpoint(note: note(8)))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(error.code == .serverBehind)
    }

    private func refusedInBetween(_ status: Int) -> LogClientError {
        var failure = LogClientError(.foreign, "a page")
        failure.foreignStatus = status
        return failure
    }

    @Test("Where something in between refuses everything that is sent, no event is set aside, and receiving goes on")
    func refusesEverything() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [1])))
        let failure = refusedInBetween(403)
        guard case .probe = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .readCheckpoint = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .pull(after: 10, limit: 2) = machine.next(.checkpoint(note: note(12))),
            case .install = machine.next(.pulled(extent(12))),
            case .finish(let summary, unsent: let error?) = machine.next(.installed(isIdentityShared: false))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(summary.notLetThrough.isEmpty && summary.pulled == 2 && error.code == .notAnAmbitServer)
    }

    @Test("No more than so many events are set aside in one sync", arguments: [403, 400, 451])
    func manySetAside(status: Int) {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        for counter in (1...SyncMachine.maximumSetAside).map({ Counter($0) }) {
            _ = machine.next(.outbox(.init(counters: [counter])))
            guard case .probe = machine.next(.failed(refusedInBetween(status), staged: extent(10), jitter: 0)),
                case .readOutbox(after: counter - 1, _) = machine.next(.probed(pushed(10))),
                case .push = machine.next(.outbox(.init(counters: [counter]))),
                case .probe = machine.next(.failed(refusedInBetween(status), staged: extent(10), jitter: 0)),
                case .readOutbox(after: counter - 1, _) = machine.next(.probed(pushed(10))),
                case .applyVerdicts = machine.next(.outbox(.init(counters: [counter]))),
                case .readOutbox(after: counter, _) = machine.next(.appliedVerdicts)
            else {
                Issue.record("other steps were taken")
                return
            }
        }
        let refusal = SyncMachine.Input.failed(refusedInBetween(status), staged: extent(10), jitter: 0)
        _ = machine.next(.outbox(.init(counters: [1000])))
        guard case .probe = machine.next(refusal), case .readOutbox = machine.next(.probed(pushed(10))),
            case .push = machine.next(.outbox(.init(counters: [1000]))),
            case .probe = machine.next(refusal), case .readOutbox = machine.next(.probed(pushed(10))),
            case .readCheckpoint = machine.next(.outbox(.init(counters: [1000]))),
            case .finish(let summary, unsent: _?) = machine.next(.checkpoint(note: note(10)))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(summary.notLetThrough == Array(1...SyncMachine.maximumSetAside))
    }

    @Test(
        "A page that answers a push of nothing as well says nothing of an event",
        arguments: [200, 302, 401, 404, 407, 410]
    )
    func loginPage(status: Int) {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [1])))
        let failure = SyncMachine.Input.failed(refusedInBetween(status), staged: extent(10), jitter: 0)
        guard case .probe = machine.next(failure), case .readCheckpoint = machine.next(failure),
            case .finish(let summary, unsent: let error?) = machine.next(.checkpoint(note: note(10)))
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(error.code == .notAnAmbitServer && summary.notLetThrough.isEmpty)
    }

    /// Pushes the next two events, which are accepted, and gives how many the push after that may hold.
    private func pushTwo(_ machine: inout SyncMachine, from counter: Counter) -> Int? {
        let size = 9 + counter.rawValue
        guard case .push = machine.next(.outbox(.init(counters: [counter, counter.next]))),
            case .applyVerdicts = machine.next(
                .pushed(pushed(size + 2, accepted: [(counter.description, counter.next.description, size)]))
            ),
            case .pull = machine.next(.appliedVerdicts),
            case .install = machine.next(.pulled(extent(size + 2))),
            case .readOutbox(after: counter.next, let events) = machine.next(.installed(isIdentityShared: false))
        else { return nil }
        return events
    }

    @Test("A push that was made smaller because it took too long grows again after eight answers in time")
    func slowMoment() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [1, 2, 3, 4])))
        let failure = LogClientError(.timeout, "")
        guard case .wait = machine.next(.failed(failure, staged: extent(10), jitter: 0)),
            case .readOutbox(after: 0, events: 2) = machine.next(.woke)
        else {
            Issue.record("other steps were taken")
            return
        }
        let sizes = stride(from: Counter(1), through: 19, by: 2).map { pushTwo(&machine, from: $0) }
        #expect(sizes == [2, 2, 2, 2, 2, 2, 2, 4, 8, 16])
        // The line is still slow: it takes eight again.
        _ = machine.next(.outbox(.init(counters: [21, 22, 23, 24])))
        guard case .wait = machine.next(.failed(failure, staged: extent(30), jitter: 0)),
            case .readOutbox(after: 20, events: 2) = machine.next(.woke)
        else {
            Issue.record("other steps were taken")
            return
        }
        #expect(
            stride(from: Counter(21), through: 35, by: 2).map { pushTwo(&machine, from: $0) } == [
                2, 2, 2, 2, 2, 2, 2, 4,
            ]
        )
    }

    @Test("What an answer tells of is not pulled, unless it does not lead to the checkpoint", arguments: [true, false])
    func staged(isRight: Bool) {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(10)))
        _ = machine.next(.outbox(.init(counters: [1, 2])))
        let staged = SyncMachine.Extent(size: 12, root: roots[isRight ? 12 : 3])
        _ = machine.next(.pushed(pushed(12, accepted: [("1", "2", 10)]), staged: staged))
        let action = machine.next(.appliedVerdicts)
        if isRight {
            guard case .install = action else {
                Issue.record("they were not taken over")
                return
            }
        } else {
            guard case .dropStaging = action, case .pull(after: 10, limit: 2) = machine.next(.stagingDropped) else {
                Issue.record("they were not pulled")
                return
            }
        }
    }

    @Test("Entries that do not lead to the signed root are dropped, and the sync stops before it pushes")
    func wrongRoot() {
        var machine = machine(10)
        _ = machine.next(.checkpoint(note: note(12)))
        guard case .dropStaging = machine.next(.pulled(.init(size: 12, root: roots[3]))),
            case .stop(let error) = machine.next(.stagingDropped)
        else {
            Issue.record("they were taken over")
            return
        }
        #expect(error.code == .tampered)
    }

    @Test("Entries staged by an earlier sync are fetched once more before that is said")
    func staleStaging() {
        var machine = SyncMachine(
            verifier: key.verifier,
            local: .init(verified: extent(10), staged: .init(size: 12, root: roots[3])),
            options: SyncOptions()
        )
        guard case .dropStaging = machine.next(.checkpoint(note: note(12))),
            case .pull(after: 10, limit: 2) = machine.next(.stagingDropped),
            case .install = machine.next(.pulled(extent(12)))
        else {
            Issue.record("other steps were taken")
            return
        }
    }

    @Test("What a crash left between staging and install is installed without being fetched again")
    func stagedBefore() {
        var machine = machine(10, staged: 12)
        guard case .install = machine.next(.checkpoint(note: note(12))) else {
            Issue.record("it was fetched again")
            return
        }
    }
}
