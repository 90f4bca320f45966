import AgendaModel
import Foundation
import Testing

@testable import SyncProtocol

@Suite
struct ProblemTests {
    @Test("Every type of problem has a status of an error, a title and a next step", arguments: ProblemType.allCases)
    func catalogue(type: ProblemType) {
        #expect((400..<600).contains(type.status))
        #expect(!type.title.isEmpty && !type.title.hasSuffix("."))
        #expect(type.nextStep.hasSuffix("."))
        #expect(type.path == "/problems/\(type.rawValue)")
    }

    @Test("Every verdict on an event has a type of problem", arguments: EventProblem.Code.allCases)
    func verdicts(code: EventProblem.Code) {
        let problem = ProblemDetails(EventProblem(code, "what was found"))
        #expect(problem.type == "/problems/\(code.rawValue)")
        #expect(problem.detail == "what was found")
        #expect(problem.status == nil)
    }

    @Test("The bytes of a problem are what its type encodes to")
    func bytes() throws {
        var problem = ProblemDetails(.aheadOfLog, "With \"quotes\", a \\ and a tab\tand é.")
        problem.size = 12
        problem.protocolVersions = [1]
        let read = try JSONDecoder().decode(ProblemDetails.self, from: Data(problem.encoded()))
        #expect(read == problem)
        #expect(read.problem == .aheadOfLog)
        #expect(read.detail?.contains(ProblemType.aheadOfLog.nextStep) == true)
    }

    @Test("A problem of a newer server is no known type", arguments: ["/problems/new", "about:blank", ""])
    func unknown(type: String) {
        #expect(ProblemDetails(type: type, title: "").problem == nil)
    }
}

@Suite
struct PushAnswerTests {
    @Test("The bytes of an answer are what its type encodes to")
    func bytes() throws {
        let answer = PushAnswer(
            size: 4210,
            checkpoint: "example.org/agendas/assen\n4210\nroot\n\n— example.org sig\n",
            recordedtime: "2026-11-12T10:11:12.123Z",
            accepted: [.init(first: "17", last: "40", position: 4186)],
            duplicate: [.init(first: "12", last: "16", position: 4100), .init(first: "1", last: "1", position: 0)],
            rejected: [
                .init(id: "41", line: 30, problem: ProblemDetails(EventProblem(.unknownSubject, "line\u{1}\nbreak"))),
                .init(id: nil, line: 31, problem: ProblemDetails(EventProblem(.malformedEvent, ""))),
            ]
        )
        #expect(try JSONDecoder().decode(PushAnswer.self, from: Data(answer.encoded())) == answer)
    }

    @Test("An answer without verdicts has empty lists")
    func empty() {
        let answer = PushAnswer(size: 0, checkpoint: "", recordedtime: "", accepted: [], duplicate: [], rejected: [])
        let text = #"{"size":0,"checkpoint":"","recordedtime":"","accepted":[],"duplicate":[],"rejected":[]}"#
        #expect(String(decoding: answer.encoded(), as: UTF8.self) == text)
    }
}

@Suite
struct ProtocolJSONTests {
    @Test(
        "What is wrong with a body is said without its values",
        arguments: [
            ("", "not valid JSON"),
            ("{", "not valid JSON"),
            ("[]", "object"),
            (#"{"invite":"hush","member":"m"}"#, "/device"),
            (#"{"invite":17,"member":"m","device":"d"}"#, "/invite"),
            (#"{"invite":"i","member":"m","device":null}"#, "/device"),
        ]
    )
    func decoding(text: String, expected: String) throws {
        let problem = try #require(throws: ProblemDetails.self) {
            try ProtocolJSON.decode(EnrolmentRequest.self, from: Array(text.utf8))
        }
        #expect(problem.problem == .badRequest)
        #expect(problem.detail?.contains(expected) == true, "\(problem)")
        #expect(problem.detail?.contains("hush") == false)
    }

    @Test("Equal values have equal bytes, whatever order they are made in")
    func encoding() throws {
        let list = AgendaList(agendas: [.init(name: "assen", title: "Asser / Ambitie", size: 3)])
        let text = #"{"agendas":[{"name":"assen","size":3,"title":"Asser / Ambitie"}]}"#
        #expect(String(decoding: try ProtocolJSON.encode(list), as: UTF8.self) == text)
    }

    @Test(
        "Numbers are written in their shortest form",
        arguments: [
            (0.0, "0"), (5000, "5000"), (0.5, "0.5"), (-2, "-2"), (1e21, "1e+21"), (0.1 + 0.2, "0.30000000000000004"),
        ]
    )
    func numbers(value: Double, expected: String) {
        var json = JSONWriter()
        json.number(value)
        #expect(String(decoding: json.bytes, as: UTF8.self) == expected)
    }
}
