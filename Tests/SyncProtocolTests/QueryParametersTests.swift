import AgendaModel
import Testing

@testable import SyncProtocol

@Suite
struct QueryParametersTests {
    @Test("Known parameters are decoded", arguments: ["a=1&b=x%20y", "b=x%20y&a=1&", "&&a=1&b=x%20y"])
    func known(query: String) throws {
        let parameters = try QueryParameters(query, known: ["a", "b"])
        #expect(parameters["a"] == "1")
        #expect(parameters["b"] == "x y")
        #expect(parameters["c"] == nil)
    }

    @Test(
        "Queries that cannot be meant are refused",
        arguments: ["c=1", "a=1&a=2", "a=%", "a=%4", "a=%zz", "a=%ff", "%61=1&a=2", "=1", "A=1"]
    )
    func refused(query: String) throws {
        let problem = try #require(throws: ProblemDetails.self) { try QueryParameters(query, known: ["a", "b"]) }
        #expect(problem.problem == .badRequest)
        #expect(problem.status == 400)
    }

    @Test("A plus sign is a space in a form alone, and no part of an escape")
    func plus() {
        #expect(PercentEncoding.decode("a+b%2Bc") == "a+b+c")
        #expect(PercentEncoding.decode("a+b%2Bc", plusIsSpace: true) == "a b+c")
        #expect(PercentEncoding.decode("+", plusIsSpace: true) == " ")
        for text in ["%+f", "%-1", "%4", "%"] {
            #expect(PercentEncoding.decode(text, plusIsSpace: true) == nil, "\(text)")
        }
    }

    @Test("Numbers are plain decimal digits within their range", arguments: ["0", "7", "256", "65536"])
    func numbers(text: String) throws {
        let parameters = try QueryParameters("after=\(text)", known: ["after"])
        #expect(try parameters.integer("after", in: 0...65_536) == Int(text))
    }

    @Test(
        "Anything else is no number",
        arguments: [
            "", "-1", "+1", "1.0", "1e3", "0x10", "01", "00", " 1", "1%20", "65537", "9007199254740992",
            "99999999999999999999", "%D9%A1", "one", "1_000",
        ]
    )
    func notNumbers(text: String) throws {
        let parameters = try QueryParameters("after=\(text)", known: ["after"])
        let problem = try #require(throws: ProblemDetails.self) { try parameters.integer("after", in: 0...65_536) }
        #expect(problem.problem == .invalidRange)
        #expect(problem.detail?.contains("`after`") == true)
    }

    @Test("The greatest number is that of I-JSON")
    func greatest() {
        #expect(DecimalNumber.parse("9007199254740991") == DecimalNumber.maximum)
        #expect(DecimalNumber.parse("9007199254740992") == nil)
    }

    @Test("An absent parameter is no number and no problem")
    func absent() throws {
        #expect(try QueryParameters(nil, known: []).integer("after", in: 0...1) == nil)
    }
}

@Suite
struct StateReferenceTests {
    @Test("Digits are a size", arguments: [("0", 0), ("4107", 4107)])
    func size(text: String, expected: Int) {
        #expect(StateReference(text) == .size(LogSize(expected)))
    }

    @Test(
        "Moments are to the second or the millisecond, dates stand for their whole day",
        arguments: [
            ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z"),
            ("2026-03-01T12:00:00.123Z", "2026-03-01T12:00:00.123Z"),
            ("2026-03-01", "2026-03-01T23:59:59.999Z"),
            ("2024-02-29", "2024-02-29T23:59:59.999Z"),
        ]
    )
    func moment(text: String, expected: String) throws {
        #expect(StateReference(text) == .moment(try #require(Timestamp(expected))))
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "", "-1", "now", "2026-02-30", "2026-13-01", "2026-3-1", "2026-03-01T12:00Z", "2026-03-01 12:00:00Z",
            "2026-03-01T12:00:00", "2026-03-01T12:00:00+01:00", "2026-03-01T25:00:00Z", "20260301T1200",
        ]
    )
    func refused(text: String) {
        #expect(StateReference(text) == nil)
    }
}
