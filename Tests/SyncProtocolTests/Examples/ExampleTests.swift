import SyncProtocol
import Testing

/// What other programs do with what goes over the wire, as the documentation of `SyncProtocol` shows it.
@Suite("The examples of the documentation of SyncProtocol")
struct ExampleTests {
    @Test("The answer to a push is read")
    func reading() throws {
        let problem = ProblemDetails(.notFound, "There is no such subject.")
        let body = PushAnswer(
            size: 1,
            checkpoint: "",
            recordedtime: "",
            accepted: [PushAnswer.VerdictRun(first: "1", last: "1", position: 0)],
            duplicate: [],
            rejected: [PushAnswer.Rejected(id: "2", line: 2, problem: problem)]
        )
        #expect(try read(body.encoded()) == body)
    }

    private func read(_ body: [UInt8]) throws -> PushAnswer {
        let answer = try ProtocolJSON.decode(PushAnswer.self, from: body)
        print("the log has \(answer.size) entries now")
        for refused in answer.rejected {
            print("line \(refused.line): \(refused.problem.detail ?? refused.problem.title)")
        }
        return answer
    }
}
