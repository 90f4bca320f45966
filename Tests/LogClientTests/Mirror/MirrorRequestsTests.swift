import EventLog
import EventLogTesting
import Testing

@testable import LogClient

@Suite("What a mirror asks for")
struct MirrorRequestsTests {
    @Test("A checkpoint that has to be cosigned is asked for past caches, as one that has not")
    func pastCaches() async throws {
        let key = try LogKey(origin: "log.example/a", seed: [UInt8](repeating: 3, count: 32))
        let witness = try WitnessKey(name: "w.example", seed: [UInt8](repeating: 9, count: 32))
        let log = TestLogTransport(SignedHistory(key, size: 3), size: 3)
        let requests = MirrorRequests(
            files: LogFiles(log, token: nil),
            retries: RetryPolicy(),
            sleep: { _ in },
            report: { _ in }
        )
        let witnesses: [WitnessPolicy?] = [nil, try WitnessPolicy(witnesses: [witness.verifier])]
        for policy in witnesses {
            await #expect(throws: LogClientError.self) {
                _ = try await requests.checkpoint(by: key.verifier, witnesses: policy, fresh: "x")
            }
        }
        #expect(log.takeAsked() == ["/checkpoint?fresh=x", "/checkpoint?cosignatures=1&fresh=x"])
    }
}
