import AgendaModel
import Testing
import Wording

@testable import TypedInput

@Suite("Numbers as people type them")
struct NumberTextTests {
    @Test(
        "A number with one reading is that number, in every language",
        arguments: [
            ("5", "5"), ("-3", "-3"), ("0", "0"), ("12,5", "12.5"), ("12.5", "12.5"), ("0,125", "0.125"),
            ("0.125", "0.125"),
            ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1.000.000", "1000000"), ("1,000,000", "1000000"),
            ("12.345.678,90", "12345678.9"), ("12,345,678.90", "12345678.9"), ("1,2340", "1.234"), ("1.2340", "1.234"),
            ("10000", "10000"), ("10 000", "10000"), ("10\u{A0}000,5", "10000.5"), ("10\u{202F}000.5", "10000.5"),
            ("1234,567", "1234.567"), ("1234.567", "1234.567"), ("\u{2212}12,5", "-12.5"), ("1e3", "1000"),
            ("0,5", "0.5"),
            ("-1.234,5", "-1234.5"), ("1.234e3", "1234"),
        ]
    )
    func read(_ text: String, _ expected: String) throws {
        let found = try #require(try NumberText.value(text))
        #expect(found.double == Double(expected))
    }

    @Test(
        "A number that Dutch and English read differently is refused, with both readings, each of which is taken",
        arguments: [
            ("10.000", ["10", "10000"]), ("1,234", ["1.2340", "1234"]), ("1.234", ["1.2340", "1234"]),
            ("10,000", ["10", "10000"]), ("-1.500", ["-1.5", "-1500"]), ("123.456", ["123.4560", "123456"]),
            ("100,500", ["100.5", "100500"]),
        ]
    )
    func ambiguous(_ text: String, _ readings: [String]) throws {
        for isInteger in [false, true] {
            let error = try #require(throws: InputError.self) { try NumberText.value(text, isInteger: isInteger) }
            #expect(error.code == .invalidData)
            #expect(error.text.english.contains("\"\(text)\"") && error.text.dutch.contains("\"\(text)\""))
            for language in Language.allCases {
                let message = error.text[language]
                let proposed = message.split(separator: " ")
                    .map { $0.trimming(".") }.filter { $0.contains(where: \.isNumber) && $0 != text }
                let values = try proposed.compactMap { try NumberText.value($0)?.double }
                #expect(Set(values) == Set(readings.compactMap(Double.init)), "\(message)")
            }
        }
        // A program means JSON's number.
        #expect(try NumberText.value(text, isProgram: true)?.double == Double(text))
    }

    @Test(
        "What is no number is none",
        arguments: [
            "", "inf", "nan", "five", "0x10", "1_000", "+5", "1.", ".5", ",5", "5,", "1e", "--1", " 1", "1 ", "1,2,3",
            "1.2.3",
            "1.234.5", "1,234,5", "12.34.567", "1234.567,8", "0.123,4", "1,5e3", "10 00", "1 000 00", "1.000,000.5",
            "€5", "5%",
            "1e9999999", "²", "١٢", "-", "1,,5", "1..5",
        ]
    )
    func none(_ text: String) throws {
        #expect(try NumberText.value(text) == nil)
    }

    @Test(
        "A number that would not come back as it was typed is refused",
        arguments: ["4503599627370497,3", "0,1234567890123456789"]
    )
    func inexact(_ text: String) {
        #expect(throws: InputError.self) { try NumberText.value(text) }
    }

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
        guard case .number(let written) = value else { throw InputError(.invalidData, "no number", "geen getal") }
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

    @Test("Whatever is shown where it is to be typed again, is read as the same number")
    func roundTrip() throws {
        var random = SystemRandomNumberGenerator()
        let scales: [Double] = [1, 10, 100, 1_000, 1_000_000]
        for _ in 0..<2_000 {
            let scale = scales.randomElement(using: &random) ?? 1
            let number = (Double.random(in: -1e9...1e9, using: &random) * scale).rounded() / scale
            let json = JSONValue(number).compact
            for language in Language.allCases {
                let shown = NumberText.typeable(json, language)
                #expect(try NumberText.value(shown)?.double == number, "\(shown) for \(json)")
            }
        }
    }
}

extension Substring {
    fileprivate func trimming(_ end: Character) -> String { String(last == end ? dropLast() : self) }
}
