import AgendaModel
import Testing

@testable import TypedInput

@Suite("Numbers as people type them")
struct NumberTextTests {
    @Test(
        "A number that can be kept is kept as it was typed, zeros at the ends aside",
        arguments: [
            ("0", "0"), ("-0", "0"), ("007", "7"), ("1.50", "1.5"), ("0.1", "0.1"), ("1e3", "1000"), ("2.5E-1", "0.25"),
            ("9007199254740992", "9007199254740992"), ("0.30000000000000004", "0.30000000000000004"),
            ("123456789012345.60", "123456789012345.6"), ("100000000000000000000", "100000000000000000000"),
        ]
    )
    func kept(_ text: String, _ expected: String) throws {
        let value = try #require(try NumberText.value(text))
        #expect(DecimalText(expected) == DecimalText(text))
        guard case .number(let written) = value else { throw InputError(.invalidData, "no number") }
        #expect(Double(written) == Double(expected))
        #expect(DecimalText.exactly(written) != nil)
    }

    @Test(
        "One that would be read otherwise is refused, and said how",
        arguments: [
            "4503599627370497.3", "0.1234567890123456789", "9007199254740993", "99999999999999999999", "1e400",
            "-1e400",
            "1e-400", "3.14159265358979323846",
        ]
    )
    func refused(_ text: String) throws {
        let error = #expect(throws: InputError.self) { try NumberText.value(text) }
        #expect(error?.code == .invalidData && error?.message.contains(text) == true)
        #expect(throws: InputError.self) { try NumberText.value(text, isInteger: false) }
        #expect(throws: InputError.self) { try NumberText.check(.object([.init("a", .array([.number(text)]))])) }
    }

    @Test("Numbers made at random survive, written in any way")
    func property() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            #expect(DecimalText.exactly("\(number)") == number)
            let digits = Int64.random(in: -999_999_999_999_999...999_999_999_999_999, using: &generator)
            #expect(DecimalText.exactly("\(digits).000") == Double(digits))
        }
    }
}
