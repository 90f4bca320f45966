import EventLog
import LogClient
import Synchronization
import Testing

struct RetryPolicyTests {
    private static let transient = LogClientError(.cut, "as the test wants")

    /// Runs work that fails so often, and gives the waits.
    private func waits(_ policy: RetryPolicy, failing errors: [any Error]) async -> (
        waits: [Duration], error: (any Error)?
    ) {
        let waits = Mutex<[Duration]>([])
        var rest = errors[...]
        do {
            _ = try await policy.retrying(
                sleep: { duration in waits.withLock { $0.append(duration) } },
                report: { _, _ in },
                { if let error = rest.popFirst() { throw error } }
            )
            return (waits.withLock { $0 }, nil)
        } catch {
            return (waits.withLock { $0 }, error)
        }
    }

    @Test("What is transient is repeated, after waits that double up to the longest one")
    func transience() async {
        var policy = RetryPolicy()
        policy.attempts = 6
        policy.maximumDelay = .seconds(3)
        let (waits, error) = await waits(policy, failing: [any Error](repeating: Self.transient, count: 5))
        #expect(error == nil)
        #expect(waits == [0.5, 1, 2, 3, 3].map { .seconds($0) })
    }

    @Test("After the last attempt the last failure is thrown, and nobody waits for it")
    func end() async {
        let all = [any Error](repeating: Self.transient, count: 9)
        let (waits, error) = await waits(RetryPolicy(), failing: all)
        #expect(waits.count == 5 && error as? LogClientError == Self.transient)
        #expect(await self.waits(.none, failing: all).waits.isEmpty)
    }

    @Test("What takes a whole deadline is tried twice in a row, whatever else fails in between")
    func timeouts() async {
        let slow = LogClientError(.timeout, "as the test wants")
        let gateway = LogClientError.answer(status: 504, nil, retryAfter: nil)
        for errors in [[slow, slow, slow], [slow, Self.transient, gateway, slow], [Self.transient, slow, slow]] {
            let (waits, error) = await waits(RetryPolicy(), failing: errors)
            let last = errors.indices.filter { errors[$0].isTimeout }[1]
            #expect(waits.count == last && error as? LogClientError == errors[last])
        }
        #expect(await waits(RetryPolicy(), failing: [slow, Self.transient, Self.transient]).error == nil)
    }

    @Test("What is not transient is thrown at once", arguments: LogClientError.Code.allCases)
    func permanence(code: LogClientError.Code) async {
        let failure = LogClientError(code, "as the test wants")
        let transient: Set<LogClientError.Code> = [.noRoute, .refused, .cut, .timeout, .damaged]
        #expect(failure.isTransient == transient.contains(code))
        let (waits, error) = await waits(RetryPolicy(), failing: [failure])
        #expect(waits.isEmpty == !failure.isTransient)
        #expect((error as? LogClientError) == (failure.isTransient ? nil : failure))
    }

    @Test("A server that asks for time gets it, up to the longest wait; beyond that it is given up")
    func asked() async {
        let busy = LogClientError.answer(status: 503, nil, retryAfter: .seconds(40))
        #expect(await waits(RetryPolicy(), failing: [busy]).waits == [.seconds(40)])
        let away = LogClientError.answer(status: 503, nil, retryAfter: .seconds(61))
        let (waits, error) = await waits(RetryPolicy(), failing: [away])
        #expect(waits.isEmpty && error as? LogClientError == away)
    }

    @Test("Errors of this side are not repeated")
    func own() async {
        struct Own: Error {}
        let (waits, error) = await waits(RetryPolicy(), failing: [Own()])
        #expect(waits.isEmpty && error is Own)
    }
}
