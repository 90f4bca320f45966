import AgendaModel
import Foundation
import Testing
import Wording

@testable import TypedInput

@Suite("Numbers as people type them")
struct NumberTextTests {
    private let english = Typist(typing: .english)

    @Test(
        "A number in the language's own way is read as it is meant",
        arguments: [
            (.dutch, "12,5", "12.5"), (.dutch, "1.234,5", "1234.5"), (.dutch, "5000", "5000"),
            (.dutch, "-0,125", "-0.125"),
            (.dutch, "1.234.567", "1234567"), (.dutch, "1.234.567,891", "1234567.891"), (.dutch, "52,9967", "52.9967"),
            (.dutch, "1234,567", nil), (.dutch, "2,5e-1", "0.25"), (.dutch, "0", "0"), (.dutch, "0,500", "0.5"),
            (.english, "12.5", "12.5"), (.english, "1,234.5", "1234.5"), (.english, "5000", "5000"),
            (.english, "-0.125", "-0.125"), (.english, "1,234,567", "1234567"),
            (.english, "1,234,567.891", "1234567.891"),
            (.english, "52.9967", "52.9967"), (.english, "2.5e-1", "0.25"), (.english, "0.500", "0.5"),
        ] as [(Language, String, String?)]
    )
    func ownWay(_ language: Language, _ text: String, _ expected: String?) throws {
        // Four digits in front of the mark are no group in any language, so three behind it are none either.
        let expected = expected ?? "1234.567"
        let value = try NumberText.value(text, by: Typist(typing: language))
        #expect(value == JSONValue(try #require(Double(expected))))
    }

    @Test(
        "A form that means another number in the other language is refused, with both",
        arguments: [
            (.dutch, "10.000", "10000", "10"), (.dutch, "1,234", "1,2340", "1234"), (.dutch, "-1.500", "-1500", "-1,5"),
            (.dutch, "52,997", "52,9970", "52997"), (.dutch, "999.999", "999999", "999,9990"),
            (.english, "10.000", "10", "10000"), (.english, "1,234", "1234", "1.2340"),
            (.english, "-1.500", "-1.5", "-1500"),
            (.english, "52.997", "52.9970", "52997"), (.english, "999,999", "999999", "999.9990"),
        ] as [(Language, String, String, String)]
    )
    func twoReadings(_ language: Language, _ text: String, _ own: String, _ other: String) throws {
        for isInteger in [false, true] {
            let error = try #require(throws: InputError.self) {
                try NumberText.value(text, isInteger: isInteger, by: Typist(typing: language))
            }
            #expect(error.code == .invalidData)
            let message = error.message[language]
            for reading in [own, other] {
                #expect(message.contains(" \(reading)\(reading == other ? "." : " ")"), "\(message)")
                #expect(try NumberText.value(reading, by: Typist(typing: language)) != nil)
            }
        }
    }

    @Test(
        "A form that only the other language has is refused, with how to write it here",
        arguments: [
            (.dutch, "12.5", "12,5"), (.dutch, "1,234.5", "1234,5"), (.dutch, "1,234,567", "1234567"),
            (.dutch, "0.500", "0,5"), (.dutch, "1234.567", "1234,5670"), (.dutch, "1.5000", "1,5"),
            (.english, "12,5", "12.5"), (.english, "1.234,5", "1234.5"), (.english, "1.234.567", "1234567"),
            (.english, "0,500", "0.5"), (.english, "1234,567", "1234.5670"),
        ] as [(Language, String, String)]
    )
    func otherWay(_ language: Language, _ text: String, _ instead: String) throws {
        let error = try #require(throws: InputError.self) { try NumberText.value(text, by: Typist(typing: language)) }
        #expect(error.message[language].contains(" \(instead)."))
    }

    @Test(
        "What no language takes for a number is none",
        arguments: [
            "", "-", ",", ".", "1.", "1,", ",5", ".5", "1,2,3", "1.2.3", "12.34.567", "1..000", "1,,000", "1.000,",
            "1.00.000",
            "0.123.456", "0,123,456", "1 000", "+5", "--1", "1e", "1.000e3.5", "vijf", "1_000", "0x10", "١٢",
            "1.234.56,7",
        ],
        Language.allCases
    )
    func none(_ text: String, _ language: Language) throws {
        #expect(try NumberText.value(text, by: Typist(typing: language)) == nil)
    }

    @Test(
        "A number shown where typing is invited is read back as the same, in each language",
        arguments: Language.allCases
    )
    func typedAgain(_ language: Language) throws {
        var generator = SystemRandomNumberGenerator()
        let (localizer, typist) = (Localizer(language), Typist(typing: language))
        for _ in 0..<2_000 {
            let number = Double(Int.random(in: -99_999_999...99_999_999, using: &generator)) / 1000
            for number in [number, number.rounded(), number * 1e18, number / 1e12] {
                guard case .number(let json) = JSONValue(number) else { continue }
                #expect(try NumberText.value(localizer.typed(json), by: typist) == JSONValue(number), "\(json)")
            }
        }
    }

    @Test(
        "A number as it is shown is read back as the same, or refused; never as another",
        arguments: Language.allCases
    )
    func shownAgain(_ language: Language) throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let number = Double(Int.random(in: -99_999_999...99_999_999, using: &generator)) / 1000
            guard case .number(let json) = JSONValue(number) else { continue }
            for shown in Language.allCases.map({ Localizer($0).number(json) }) {
                let read = try? NumberText.value(shown, by: Typist(typing: language))
                #expect(read == nil || read == JSONValue(number), "\(shown)")
            }
        }
    }

    @Test(
        "An amount says whether it is in euros or cents",
        arguments: [
            (.dutch, "€ 12.500,50", "1250050"), (.dutch, "€12500", "1250000"), (.dutch, "12500 euro", "1250000"),
            (.dutch, "€ 10.000", "1000000"), (.dutch, "1250050 cent", "1250050"), (.dutch, "-€ 0,05", "-5"),
            (.dutch, "EUR 0", "0"), (.english, "€12,500.50", "1250050"), (.english, "12500 euro", "1250000"),
            (.dutch, "12 500 euro", "1250000"), (.dutch, "€ 1\u{A0}250\u{202F}000,50", "125000050"),
            (.english, "12\u{2009}500.50 EUR", "1250050"), (.dutch, " 1 250 050  cent ", "1250050"),
            (.dutch, "- € 12 500", "-1250000"),
            (.english, "€10,000", "1000000"), (.english, "1250050 cent", "1250050"), (.english, "€0.05", "5"),
        ] as [(Language, String, String)]
    )
    func amounts(_ language: Language, _ text: String, _ cents: String) throws {
        let value = try FieldText.value(text, .integer, of: "budget", by: Typist(typing: language)) { text, _ in text }
        #expect(value == JSONValue(try #require(Double(cents))))
    }

    @Test(
        "Digits alone are no amount for a person, and neither is one of the other language",
        arguments: [
            (.dutch, "12500"), (.dutch, "12.500,50"), (.dutch, "€ 12,500.50"), (.dutch, "€ 12.50"),
            (.dutch, "10.000 cent"), (.dutch, "12 500"), (.dutch, "€ -12 500.50"),
            (.english, "12500"), (.english, "€ 12.500,50"), (.english, "€ 12,50"), (.english, "€ 10.000"),
        ] as [(Language, String)]
    )
    func noAmount(_ language: Language, _ text: String) throws {
        #expect(throws: InputError.self) {
            try FieldText.value(text, .integer, of: "budget", by: Typist(typing: language)) { text, _ in text }
        }
    }

    @Test(
        "An amount that is proposed instead of another can be typed; where there is none, nothing is proposed",
        arguments: [
            (.dutch, "€ 12,500.50", "€ 12500,50"), (.dutch, "- 12 500.05 euro", "€ -12500,05"),
            (.dutch, "€ -12,500", "€ -12500"), (.dutch, "€ 1 000.000", nil), (.english, "€ 0,05", "€ 0.05"),
            (.english, "€ 1 000,000", nil), (.english, "12 500,5 euro", nil),
        ] as [(Language, String, String?)]
    )
    func proposed(_ language: Language, _ text: String, _ expected: String?) throws {
        func read(_ text: String) throws -> JSONValue? {
            try FieldText.value(text, .integer, of: "budget", by: Typist(typing: language)) { text, _ in text }
        }
        guard let expected else { return #expect(try read(text) == nil) }
        let error = try #require(throws: InputError.self) { try read(text) }
        #expect(error.message[language].contains(expected), "\(error.message[language])")
        #expect(try read(expected) != nil)
    }

    @Test(
        "A space that does not group three digits makes an amount none",
        arguments: [
            "12 50 euro", "1 2 500 euro", "1250 000 euro", "12  500 euro", "0 500 euro", "12 500,5 0 euro",
            "12\t500 euro", "12 50 cent", "€ 1 25", "€ 12\u{2003}500",
        ],
        Language.allCases
    )
    func spaces(_ text: String, _ language: Language) throws {
        let value = try FieldText.value(text, .integer, of: "budget", by: Typist(typing: language)) { text, _ in text }
        #expect(value == nil)
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
        let value = try #require(try NumberText.value(text, by: .program))
        #expect(DecimalText(expected) == DecimalText(text))
        guard case .number(let written) = value else { throw CocoaError(.coderInvalidValue) }
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
        let error = #expect(throws: InputError.self) { try NumberText.value(text, by: .program) }
        #expect(error?.code == .invalidData && error?.message.english.contains(text) == true)
        #expect(throws: InputError.self) { try NumberText.value(text, by: english) }
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
